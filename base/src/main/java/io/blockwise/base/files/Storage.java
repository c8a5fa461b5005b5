package io.blockwise.base.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * The few things Blockwise does with files, on any Hadoop file system. Travels to executors with
 * its configuration. Thread-safe.
 *
 * <p>Local files are used without Hadoop's hidden {@code .crc} files: the manifest's SHA-256 covers
 * every file of a data set, and its message is the better one.
 */
public final class Storage implements Serializable {
  private static final String TEMPORARY = ".tmp";

  /** How much older than its file a temporary one is that belongs to nobody any more. */
  private static final long LEFT_MILLIS = TimeUnit.HOURS.toMillis(1);

  private transient Configuration conf;

  public Storage(Configuration conf) {
    this.conf = conf;
  }

  /** The file system that holds {@code path}. */
  public FileSystem fileSystem(Path path) throws IOException {
    FileSystem found = path.getFileSystem(conf);
    return found instanceof LocalFileSystem local ? local.getRawFileSystem() : found;
  }

  /** Whether {@code path} lies on the local file system of each machine. */
  public boolean isLocal(Path path) throws IOException {
    return fileSystem(path).getUri().getScheme().equals("file");
  }

  /**
   * Whether {@code path} lies on an object store: a file appears when its stream is closed, whole
   * or, if the stream is aborted, not at all, in place of an older one; there is no rename.
   */
  public boolean isObjectStore(Path path) throws IOException {
    return fileSystem(path).hasPathCapability(path, CommonPathCapabilities.ABORTABLE_STREAM);
  }

  public boolean exists(Path path) throws IOException {
    return fileSystem(path).exists(path);
  }

  public boolean isDirectory(Path path) throws IOException {
    return status(path).map(FileStatus::isDirectory).orElse(false);
  }

  public boolean isFile(Path path) throws IOException {
    return status(path).map(FileStatus::isFile).orElse(false);
  }

  public long length(Path path) throws IOException {
    return fileSystem(path).getFileStatus(path).getLen();
  }

  /** Time of a file's last change, in milliseconds since 1970. */
  public long modified(Path path) throws IOException {
    return fileSystem(path).getFileStatus(path).getModificationTime();
  }

  /** What lies in a directory, by name; hidden entries ({@code .} or {@code _}) too. */
  public List<FileStatus> list(Path directory) throws IOException {
    FileStatus[] found = fileSystem(directory).listStatus(directory);
    Arrays.sort(found, Comparator.comparing(status -> status.getPath().getName()));
    return List.of(found);
  }

  public FSDataInputStream open(Path path) throws IOException {
    return fileSystem(path).open(path);
  }

  /** The whole file; it must be smaller than 2 GiB. */
  public byte[] bytes(Path path) throws IOException {
    byte[] bytes = new byte[Math.toIntExact(length(path))];
    try (FSDataInputStream in = open(path)) {
      in.readFully(0, bytes);
    }
    return bytes;
  }

  /** What a file shall hold. */
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file in its place, over an older one if need be. If that fails, a part of it may lie
   * there; not on an object store, where files appear when they are whole.
   */
  public void put(Path path, Content content) throws IOException {
    FSDataOutputStream out = fileSystem(path).create(path, true);
    try {
      content.writeTo(out);
    } catch (IOException | RuntimeException | Error e) {
      abandon(out, e);
      throw e;
    }
    out.close();
  }

  /** Gives a stream up whose content is not complete. */
  private static void abandon(FSDataOutputStream out, Throwable failure) {
    try {
      if (out.hasCapability(CommonPathCapabilities.ABORTABLE_STREAM)) {
        out.abort(); // closing would make the object appear with half its content
      } else {
        out.close();
      }
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Writes a file such that a reader sees the old content or the new one, at any moment, also if
   * several processes do so at once: the last one stays. A process that is killed in it may leave
   * {@code .NAME.UUID.tmp} beside the file, which a later write deletes.
   */
  public void write(Path path, byte[] bytes) throws IOException {
    Content content = out -> out.write(bytes);
    if (isObjectStore(path)) {
      put(path, content); // a rename would be a copy
      return;
    }
    replace(path, UUID.randomUUID() + TEMPORARY, temporary -> put(temporary, content));
    sweep(path);
  }

  /** Deletes what writers of a file have left beside it, once nobody can be writing it any more. */
  private void sweep(Path path) {
    try {
      long written = fileSystem(path).getFileStatus(path).getModificationTime();
      for (FileStatus entry : list(path.getParent())) {
        String name = entry.getPath().getName();
        if (name.startsWith(hidden(path))
            && name.endsWith(TEMPORARY)
            && written - entry.getModificationTime() > LEFT_MILLIS) {
          delete(entry.getPath());
        }
      }
    } catch (IOException e) {
      // The file is there. Whoever writes it next, or may delete them, does so.
    }
  }

  private static String hidden(Path path) {
    return "." + path.getName() + ".";
  }

  /**
   * Writes a file that several tasks may write at the same time: it appears when one of them is
   * done, and the last one stays.
   *
   * @param attempt in the temporary file's name, of one task alone
   * @throws io.blockwise.base.UserException if there is no room
   */
  public void write(Path path, long attempt, Content content) throws IOException {
    if (isObjectStore(path)) {
      put(path, content);
      return;
    }
    replace(
        path,
        Long.toString(attempt),
        temporary -> {
          try (OutputStream out = new CheckedStream(created(temporary), path)) {
            content.writeTo(out);
          }
        });
  }

  private OutputStream created(Path path) throws IOException {
    try {
      return fileSystem(path).create(path, true);
    } catch (IOException | FSError e) {
      throw FullDisk.translated(e, path);
    }
  }

  /** Writes a file somewhere. */
  private interface Writing {
    void to(Path path) throws IOException;
  }

  /** Gives a file its name, in the place of an older one, when it is finished; else deletes it. */
  private void replace(Path path, String suffix, Writing writing) throws IOException {
    Path temporary = new Path(path.getParent(), hidden(path) + suffix);
    try {
      writing.to(temporary);
      rename(temporary, path);
    } catch (IOException | RuntimeException e) {
      try {
        delete(temporary);
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  // A plain rename over an older file does nothing on HDFS, and says so only by its result.
  private void rename(Path from, Path to) throws IOException {
    FileSystem files = fileSystem(to);
    if (files instanceof RawLocalFileSystem local) {
      // Not FileContext: on local files its overwriting rename deletes the target first.
      Files.move(
          local.pathToFile(from).toPath(),
          local.pathToFile(to).toPath(),
          StandardCopyOption.ATOMIC_MOVE);
    } else {
      FileContext.getFileContext(files.getUri(), conf)
          .rename(files.makeQualified(from), files.makeQualified(to), Options.Rename.OVERWRITE);
    }
  }

  public void delete(Path path) throws IOException {
    fileSystem(path).delete(path, true);
  }

  /** Deletes a directory that holds nothing, if that can be; leaves any other as it is. */
  public void deleteIfEmpty(Path directory) {
    try {
      if (isDirectory(directory) && list(directory).isEmpty()) {
        fileSystem(directory).delete(directory, false);
      }
    } catch (IOException e) {
      // Somebody has put something into it meanwhile, or the storage is away, which others say.
    }
  }

  /**
   * Tries to write where {@code directory} is or would be made, and leaves nothing behind.
   *
   * @throws IOException if nothing can be written there
   */
  public void probe(Path directory) throws IOException {
    Path existing = fileSystem(directory).makeQualified(directory);
    while (existing.getParent() != null && !exists(existing)) {
      existing = existing.getParent();
    }
    if (!isDirectory(existing)) {
      throw new IOException(existing.toUri().getPath() + " is no directory");
    }
    // Of its own, since another process may try the same place at the same time.
    Path probe = new Path(existing, ".blockwise-probe-" + UUID.randomUUID());
    try {
      fileSystem(probe).create(probe, true).close();
    } catch (FileNotFoundException e) {
      // All that Java says where permission lacks, or a file system is read-only.
      throw new IOException("no file can be made in " + existing.toUri().getPath(), e);
    }
    delete(probe);
  }

  private Optional<FileStatus> status(Path path) throws IOException {
    FileSystem files = fileSystem(path);
    return files.exists(path) ? Optional.of(files.getFileStatus(path)) : Optional.empty();
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    out.defaultWriteObject();
    conf.write(out);
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    conf = new Configuration(false);
    conf.readFields(in);
  }
}
