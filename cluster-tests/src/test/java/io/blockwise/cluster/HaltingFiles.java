package io.blockwise.cluster;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.AbstractFileSystem;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FilterFs;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.util.Progressable;

/**
 * File systems in which this process dies at a step, as by {@code kill -9}: before it changes what
 * is stored, which is after the change before. What a file begins with is stored in two halves.
 */
public final class HaltingFiles {
  private static final String DIES_AT = "test.dies-at";
  private static final AtomicInteger STEPS = new AtomicInteger();

  private HaltingFiles() {}

  /**
   * Makes {@code file:} and {@code hdfs:} of a process such.
   *
   * @param step number of the step at which it dies, from 1
   */
  static void in(Configuration configuration, int step) {
    System.setProperty(DIES_AT, Integer.toString(step));
    configuration.setClass("fs.file.impl", LocalFiles.class, RawLocalFileSystem.class);
    configuration.setBoolean("fs.file.impl.disable.cache", true); // it may hold another one
    configuration.setClass("fs.hdfs.impl", Hdfs.class, DistributedFileSystem.class);
    configuration.setClass(
        "fs.AbstractFileSystem.hdfs.impl", HdfsContext.class, AbstractFileSystem.class);
  }

  /** Something that changes what is stored. */
  private interface Change<T> {
    T make() throws IOException;
  }

  private static <T> T dyingBefore(Change<T> change) throws IOException {
    if (STEPS.incrementAndGet() == Integer.getInteger(DIES_AT)) {
      Runtime.getRuntime().halt(137);
    }
    return change.make();
  }

  private static FSDataOutputStream stepped(FSDataOutputStream out) {
    return new FSDataOutputStream(new Stepped(out), null);
  }

  /** What is written is on storage at once; of a file's first write, one half after the other. */
  private static final class Stepped extends FilterOutputStream {
    private final FSDataOutputStream target;
    private boolean begun;

    Stepped(FSDataOutputStream target) {
      super(target);
      this.target = target;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int half = begun ? length : length / 2;
      begun = true;
      dyingBefore(() -> written(bytes, offset, half));
      if (half < length) {
        dyingBefore(() -> written(bytes, offset + half, length - half));
      }
    }

    private OutputStream written(byte[] bytes, int offset, int length) throws IOException {
      target.write(bytes, offset, length);
      target.hflush();
      return target;
    }

    @Override
    public void close() throws IOException {
      dyingBefore(
          () -> {
            target.close();
            return target;
          });
    }
  }

  /** {@code file:}; the rename is Java's own, and happens between two steps: closing, deleting. */
  public static final class LocalFiles extends RawLocalFileSystem {
    @Override
    public FSDataOutputStream create(
        Path file,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      return stepped(
          dyingBefore(
              () -> super.create(file, overwrite, bufferSize, replication, blockSize, progress)));
    }

    @Override
    public boolean delete(Path file, boolean recursive) throws IOException {
      return dyingBefore(() -> super.delete(file, recursive));
    }
  }

  /** {@code hdfs:}. */
  public static final class Hdfs extends DistributedFileSystem {
    @Override
    public FSDataOutputStream create(
        Path file,
        FsPermission permission,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      return stepped(
          dyingBefore(
              () ->
                  super.create(
                      file, permission, overwrite, bufferSize, replication, blockSize, progress)));
    }

    @Override
    public boolean mkdirs(Path directory, FsPermission permission) throws IOException {
      return dyingBefore(() -> super.mkdirs(directory, permission));
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
      return dyingBefore(() -> super.rename(from, to));
    }

    @Override
    public boolean delete(Path file, boolean recursive) throws IOException {
      return dyingBefore(() -> super.delete(file, recursive));
    }
  }

  /** The same where FileContext is asked, which replaces files. */
  public static final class HdfsContext extends FilterFs {
    /** As Hadoop makes one. */
    public HdfsContext(URI uri, Configuration configuration)
        throws IOException, URISyntaxException {
      super(AbstractFileSystem.createFileSystem(uri, plain(configuration)));
    }

    private static Configuration plain(Configuration configuration) {
      Configuration plain = new Configuration(configuration);
      plain.set("fs.AbstractFileSystem.hdfs.impl", "org.apache.hadoop.fs.Hdfs");
      return plain;
    }

    @Override
    public void renameInternal(Path from, Path to, boolean overwrite) throws IOException {
      dyingBefore(
          () -> {
            rename(from, to, overwrite);
            return to;
          });
    }

    private void rename(Path from, Path to, boolean overwrite) throws IOException {
      EnumSet<Options.Rename> how =
          overwrite ? EnumSet.of(Options.Rename.OVERWRITE) : EnumSet.of(Options.Rename.NONE);
      getMyFs().rename(from, to, how.toArray(Options.Rename[]::new));
    }
  }
}
