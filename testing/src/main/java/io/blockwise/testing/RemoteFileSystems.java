package io.blockwise.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Abortable;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * File systems that behave as HDFS ({@code tree:}) and as an object store ({@code objects:}) do,
 * kept in local directories: {@code tree:///a/b} is {@code /a/b}. Every write to a file whose name
 * contains {@link #FAILS} breaks half-way.
 */
public final class RemoteFileSystems {
  /** Names the configuration's key for a part of the names of files whose writes shall fail. */
  public static final String FAILS = "test.fails";

  private RemoteFileSystems() {}

  /** Hadoop's settings for both of them, on top of nothing. */
  public static Configuration configuration(String failing) {
    Configuration configuration = new Configuration(false);
    settings(failing).forEach(configuration::set);
    return configuration;
  }

  /** The same settings by their names. */
  public static Map<String, String> settings(String failing) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("fs.tree.impl", Tree.class.getName());
    settings.put("fs.objects.impl", Objects.class.getName());
    settings.put("fs.AbstractFileSystem.tree.impl", TreeContext.class.getName());
    settings.put("fs.tree.impl.disable.cache", "true");
    settings.put("fs.objects.impl.disable.cache", "true");
    settings.put(FAILS, failing);
    return settings;
  }

  /**
   * Files appear when they are created, what is written when it is flushed or closed; a rename is
   * one step, and done only if nothing has the new name. Not one of Hadoop's local file systems,
   * for which programs may have ways of their own.
   */
  public static class Tree extends FileSystem {
    private final RawLocalFileSystem local = new RawLocalFileSystem();

    @Override
    public void initialize(URI uri, Configuration configuration) throws IOException {
      super.initialize(uri, configuration);
      setConf(configuration);
      local.initialize(URI.create("file:///"), configuration);
    }

    @Override
    public URI getUri() {
      return URI.create(getScheme() + ":///");
    }

    @Override
    public String getScheme() {
      return "tree";
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
      return !exists(to) && exists(to.getParent()) && local.rename(local(from), local(to));
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
      OutputStream target =
          local.create(local(path), overwrite, bufferSize, replication, blockSize);
      return new FSDataOutputStream(new Held(failing(path, target)), null);
    }

    @Override
    public FSDataOutputStream append(Path path, int bufferSize, Progressable progress)
        throws IOException {
      OutputStream target = local.append(local(path), bufferSize, progress);
      return new FSDataOutputStream(new Held(failing(path, target)), null);
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

    static Path local(Path path) {
      return new Path("file", null, path.toUri().getPath());
    }

    private Path remote(Path path) {
      return new Path(getScheme(), null, path.toUri().getPath());
    }

    /** Breaks on the first byte of a path that shall fail. */
    OutputStream failing(Path path, OutputStream target) {
      String fails = getConf().get(FAILS);
      return new OutputStream() {
        @Override
        public void write(int b) throws IOException {
          target.write(b);
          if (!fails.isEmpty() && path.getName().contains(fails)) {
            throw new IOException("disk full");
          }
        }

        @Override
        public void flush() throws IOException {
          target.flush();
        }

        @Override
        public void close() throws IOException {
          target.close();
        }
      };
    }
  }

  /** Keeps what is written until it has to be passed on. */
  private static final class Held extends OutputStream implements Syncable, StreamCapabilities {
    private final OutputStream target;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();

    Held(OutputStream target) {
      this.target = target;
    }

    @Override
    public void write(int b) {
      held.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      held.write(bytes, offset, length);
    }

    @Override
    public void hflush() throws IOException {
      byte[] bytes = held.toByteArray();
      held.reset();
      target.write(bytes);
      target.flush();
    }

    @Override
    public void hsync() throws IOException {
      hflush();
    }

    @Override
    public boolean hasCapability(String capability) {
      return capability.equals(StreamCapabilities.HSYNC);
    }

    @Override
    public void close() throws IOException {
      try {
        hflush();
      } finally {
        target.close();
      }
    }
  }

  /** The same through FileContext, which makes an instance of its own. */
  public static final class TreeContext extends DelegateToFileSystem {
    /** As Hadoop makes one. */
    public TreeContext(URI uri, Configuration configuration)
        throws IOException, URISyntaxException {
      super(uri, initialised(uri, configuration), configuration, "tree", false);
    }

    @Override
    public int getUriDefaultPort() {
      return -1;
    }

    private static Tree initialised(URI uri, Configuration configuration) throws IOException {
      Tree files = new Tree();
      files.initialize(uri, configuration);
      return files;
    }
  }

  /** Objects appear when their stream is closed; a rename is an error, and so is an append. */
  public static final class Objects extends Tree {
    @Override
    public String getScheme() {
      return "objects";
    }

    @Override
    public boolean rename(Path from, Path to) {
      throw new AssertionError("renamed " + from);
    }

    @Override
    public boolean hasPathCapability(Path path, String capability) throws IOException {
      return capability.equals(CommonPathCapabilities.ABORTABLE_STREAM)
          || super.hasPathCapability(path, capability);
    }

    @Override
    public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) {
      throw new UnsupportedOperationException("objects are not appended to");
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
      return new FSDataOutputStream(new Upload(path), null);
    }

    private final class Upload extends OutputStream implements Abortable, StreamCapabilities {
      private final Path path;
      private final ByteArrayOutputStream content = new ByteArrayOutputStream();
      private final OutputStream failing;
      private boolean aborted;

      Upload(Path path) {
        this.path = path;
        this.failing = failing(path, content);
      }

      @Override
      public void write(int b) throws IOException {
        failing.write(b);
      }

      @Override
      public AbortableResult abort() {
        aborted = true;
        return null;
      }

      @Override
      public boolean hasCapability(String capability) {
        return capability.equals(CommonPathCapabilities.ABORTABLE_STREAM);
      }

      @Override
      public void close() throws IOException {
        if (!aborted) {
          java.nio.file.Path target = java.nio.file.Path.of(path.toUri().getPath());
          Files.createDirectories(target.getParent());
          Files.write(target, content.toByteArray());
        }
      }
    }
  }
}
