package io.blockwise.data.download;

import io.blockwise.base.UserException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Unpacks {@code .tar.gz} archives without trusting them: only plain files and folders, no name
 * that leads out of the folder, a limit on what they unpack to. Everything goes to a temporary
 * folder first and is moved when the whole archive was good. Thread-safe.
 */
public final class Unpacker {
  private static final int BUFFER = 1 << 16;
  private static final int MOST_ENTRIES = 100_000;

  private final long mostBytes;

  /**
   * With a limit.
   *
   * @param mostBytes that all files of an archive may have together
   */
  public Unpacker(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /**
   * Unpacks into {@code folder}.
   *
   * @throws UserException if the archive is damaged, would leave the folder, holds links or too
   *     much, or if what it holds is there already
   */
  public void unpack(Path archive, Path folder) throws IOException {
    Path temporary = folder.resolve("." + archive.getFileName() + ".unpacking");
    deleteAll(temporary);
    Files.createDirectories(temporary);
    try {
      extract(archive, temporary);
      moveContents(archive, temporary, folder);
    } finally {
      deleteAll(temporary);
    }
  }

  private void extract(Path archive, Path into) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(
            new GZIPInputStream(
                new BufferedInputStream(Files.newInputStream(archive), BUFFER), BUFFER))) {
      long left = mostBytes;
      int entries = 0;
      for (TarArchiveEntry entry = tar.getNextTarEntry();
          entry != null;
          entry = tar.getNextTarEntry()) {
        if (++entries > MOST_ENTRIES) {
          throw refused(archive, "it has more than " + MOST_ENTRIES + " entries");
        }
        left -= extract(archive, tar, entry, into, left);
      }
    } catch (UserException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw new UserException(
          "Cannot unpack " + archive + ": it is damaged (delete it and download it again)", e);
    }
  }

  private long extract(Path archive, InputStream tar, TarArchiveEntry entry, Path into, long left)
      throws IOException {
    Path target = target(archive, entry, into);
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return 0;
    }
    Files.createDirectories(target.getParent());
    long written = 0;
    byte[] buffer = new byte[BUFFER];
    try (OutputStream out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
      for (int read = tar.read(buffer); read >= 0; read = tar.read(buffer)) {
        written += read;
        if (written > left) {
          throw refused(archive, "it unpacks to more than " + mostBytes + " bytes");
        }
        out.write(buffer, 0, read);
      }
    }
    return written;
  }

  private static Path target(Path archive, TarArchiveEntry entry, Path into) {
    String name = entry.getName();
    if (entry.isSymbolicLink() || entry.isLink()) {
      throw refused(archive, "entry " + name + " is a link");
    }
    boolean plain = entry.isDirectory() || (entry.isFile() && !isDevice(entry));
    if (!plain) {
      throw refused(archive, "entry " + name + " is neither a file nor a folder");
    }
    Path target = into.resolve(name).normalize();
    boolean above = List.of(name.replace('\\', '/').split("/", -1)).contains("..");
    if (above || name.startsWith("/") || !target.startsWith(into)) {
      throw refused(archive, "entry " + name + " leads out of the folder");
    }
    return target;
  }

  private static boolean isDevice(TarArchiveEntry entry) {
    return entry.isFIFO() || entry.isBlockDevice() || entry.isCharacterDevice() || entry.isSparse();
  }

  private static void moveContents(Path archive, Path from, Path to) throws IOException {
    List<Path> contents;
    try (Stream<Path> listed = Files.list(from)) {
      contents = listed.sorted().toList();
    }
    for (Path source : contents) {
      Path target = to.resolve(source.getFileName());
      if (Files.exists(target)) {
        throw UserException.cannot(
            "unpack " + archive, target + " exists already", "delete it, or complete it by hand");
      }
    }
    for (Path source : contents) {
      Files.move(source, to.resolve(source.getFileName()));
    }
  }

  /** Removes a local folder, if there is one, and all in it. */
  static void deleteAll(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walked = Files.walk(folder)) {
      all = walked.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }

  private static UserException refused(Path archive, String fact) {
    return UserException.cannot("unpack " + archive, fact, "do not use this archive");
  }
}
