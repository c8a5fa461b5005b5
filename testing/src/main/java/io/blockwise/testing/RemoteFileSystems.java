package io.blockwise.testing;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Abortable;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.StreamCapabilities;
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

  /** Hadoop's local files under another scheme. */
  private static final class Local extends RawLocalFileSystem {
    private final String scheme;

    Local(String scheme) {
      this.scheme = scheme;
      setWorkingDirectory(getInitialWorkingDirectory());
    }

    @Override
    public URI getUri() {
      return URI.create(scheme + ":///");
    }
  }

  /**
   * Files appear when they are created, what is written when it is flushed or closed; a rename is
   * one step, and done only if nothing has the new name. Not one of Hadoop's local file systems,
   * for which programs may have ways of their own.
   */
  public static class Tree extends FilterFileSystem {
    /** More than any test writes, so that nothing passes before it has to. */
    private static final int BUFFER = 1 << 20;

    /** As Hadoop makes one. */
    public Tree() {
      this("tree");
    }

    private Tree(String scheme) {
      super(new Local(scheme));
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
      return !exists(to) && exists(to.getParent()) && super.rename(from, to);
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
      return failing(path, fs.create(path, overwrite, BUFFER, replication, blockSize));
    }

    @Override
    public FSDataOutputStream append(Path path, int bufferSize, Progressable progress)
        throws IOException {
      FSDataOutputStream target = fs.append(path, BUFFER, progress);
      return failing(
          path,
          new FSDataOutputStream(target, null) {
            @Override
            public boolean hasCapability(String capability) {
              return capability.equals(StreamCapabilities.HSYNC);
            }
          });
    }

    private FSDataOutputStream failing(Path path, FSDataOutputStream target) throws IOException {
      return fails(path) ? new FSDataOutputStream(new Failing(target), null) : target;
    }

    boolean fails(Path path) {
      String part = getConf().get(FAILS);
      return !part.isEmpty() && path.getName().contains(part);
    }
  }

  /** Breaks on the first byte. */
  private static final class Failing extends FilterOutputStream {
    Failing(OutputStream target) {
      super(target);
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      throw new IOException("disk full");
    }
  }

  /** The same through FileContext, which makes an instance of its own. */
  public static final class TreeContext extends DelegateToFileSystem {
    /** As Hadoop makes one. */
    public TreeContext(URI uri, Configuration configuration)
        throws IOException, URISyntaxException {
      super(uri, new Tree(), configuration, "tree", false);
    }
  }

  /** Objects appear when their stream is closed; a rename is an error, and so is an append. */
  public static final class Objects extends Tree {
    /** As Hadoop makes one. */
    public Objects() {
      super("objects");
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
      private boolean aborted;

      Upload(Path path) {
        this.path = path;
      }

      @Override
      public void write(int b) throws IOException {
        content.write(b);
        if (fails(path)) {
          throw new IOException("disk full");
        }
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
          // elsewhere first, so that two uploads at once do not write into one file
          java.nio.file.Path whole = Files.createTempFile("upload", "");
          Files.write(whole, content.toByteArray());
          Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE);
        }
      }
    }
  }
}
