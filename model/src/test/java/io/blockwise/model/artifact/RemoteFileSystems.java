package io.blockwise.model.artifact;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Abortable;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.util.Progressable;

/**
 * File systems that behave as HDFS ({@code tree:}) and as an object store ({@code objects:}) do,
 * kept in a local directory; every write to a path that contains {@link #FAILS} breaks half-way.
 */
final class RemoteFileSystems {
  /** Names the configuration's key for a part of the paths whose writes shall fail. */
  static final String FAILS = "test.fails";

  private RemoteFileSystems() {}

  static Configuration configuration(String failing) {
    Configuration configuration = new Configuration(false);
    configuration.setClass("fs.tree.impl", Tree.class, Tree.class);
    configuration.setClass("fs.objects.impl", Objects.class, Objects.class);
    configuration.set("fs.AbstractFileSystem.tree.impl", TreeContext.class.getName());
    configuration.setBoolean("fs.tree.impl.disable.cache", true);
    configuration.setBoolean("fs.objects.impl.disable.cache", true);
    configuration.set(FAILS, failing);
    return configuration;
  }

  /** Files appear when they are created and are renamed in one step. */
  static class Tree extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create(getScheme() + ":///");
    }

    @Override
    public String getScheme() {
      return "tree";
    }

    @Override
    public FSDataOutputStream create(
        Path path,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      OutputStream target = super.create(path, overwrite, bufferSize, replication, blockSize, null);
      return new FSDataOutputStream(failing(path, target), null);
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
        public void close() throws IOException {
          target.close();
        }
      };
    }
  }

  /** The same through FileContext, which makes an instance of its own. */
  static final class TreeContext extends DelegateToFileSystem {
    TreeContext(URI uri, Configuration configuration) throws IOException, URISyntaxException {
      super(uri, new Tree(), configuration, "tree", false);
    }
  }

  /** Objects appear when their stream is closed; a rename is an error. */
  static final class Objects extends Tree {
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
    public FSDataOutputStream create(
        Path path,
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
          java.nio.file.Path target = pathToFile(path).toPath();
          java.nio.file.Files.createDirectories(target.getParent());
          java.nio.file.Files.write(target, content.toByteArray());
        }
      }
    }
  }
}
