package io.blockwise.data.storage;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * Files at {@code tree:}, kept in a local directory, that behave as those of HDFS: a plain rename
 * does nothing if there is a file of the new name.
 */
public final class TreeFileSystem extends FileSystem {
  private static final URI ROOT = URI.create("tree:///");

  private final RawLocalFileSystem local = new RawLocalFileSystem();

  /** Of which {@code tree:} paths are known. */
  public static Configuration configuration() {
    Configuration configuration = new Configuration();
    configuration.setClass("fs.tree.impl", TreeFileSystem.class, FileSystem.class);
    configuration.set("fs.AbstractFileSystem.tree.impl", Context.class.getName());
    return configuration;
  }

  /** The same through FileContext, which makes an instance of its own. */
  public static final class Context extends DelegateToFileSystem {
    public Context(URI uri, Configuration configuration) throws IOException, URISyntaxException {
      super(uri, initialised(configuration), configuration, "tree", false);
    }

    @Override
    public int getUriDefaultPort() {
      return -1;
    }

    private static TreeFileSystem initialised(Configuration configuration) throws IOException {
      TreeFileSystem files = new TreeFileSystem();
      files.initialize(ROOT, configuration);
      return files;
    }
  }

  @Override
  public void initialize(URI uri, Configuration configuration) throws IOException {
    super.initialize(uri, configuration);
    setConf(configuration);
    local.initialize(URI.create("file:///"), configuration);
  }

  @Override
  public URI getUri() {
    return ROOT;
  }

  @Override
  public String getScheme() {
    return "tree";
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    return !local.exists(local(to)) && local.rename(local(from), local(to));
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    return local.open(local(path), bufferSize);
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return local.create(local(path), overwrite, bufferSize, replication, blockSize, null);
  }

  @Override
  public FSDataOutputStream append(Path path, int bufferSize, Progressable progress)
      throws IOException {
    throw new UnsupportedOperationException("append to " + path);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    return local.delete(local(path), recursive);
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    FileStatus[] found = local.listStatus(local(path));
    for (FileStatus status : found) {
      status.setPath(remote(status.getPath()));
    }
    return found;
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    FileStatus status = local.getFileStatus(local(path));
    status.setPath(remote(status.getPath()));
    return status;
  }

  @Override
  public boolean mkdirs(Path path, FsPermission permission) throws IOException {
    return local.mkdirs(local(path));
  }

  @Override
  public void setWorkingDirectory(Path path) {
    local.setWorkingDirectory(local(path));
  }

  @Override
  public Path getWorkingDirectory() {
    return remote(local.getWorkingDirectory());
  }

  private static Path local(Path path) {
    return new Path("file", null, path.toUri().getPath());
  }

  private static Path remote(Path path) {
    return new Path("tree", null, path.toUri().getPath());
  }
}
