package io.blockwise.data.download;

import io.blockwise.base.UserException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.examples.Expander;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.hadoop.fs.FileUtil;

/**
 * Unpacks {@code .tar.gz} and {@code .zip} archives without trusting them: only plain files and
 * folders, no name that leads out of the folder, a limit on what they unpack to. Everything goes to
 * a temporary folder first and is moved when the whole archive was good. Thread-safe.
 */
public final class Unpacker {
  private static final int BUFFER = 1 << 16;
  private static final int MOST_ENTRIES = 200_000;

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
    FileUtil.fullyDelete(temporary.toFile());
    Files.createDirectories(temporary);
    try {
      extract(archive, temporary);
      moveContents(archive, temporary, folder);
    } finally {
      FileUtil.fullyDelete(temporary.toFile());
    }
  }

  private void extract(Path archive, Path into) throws IOException {
    try {
      if (archive.toString().endsWith(".zip")) {
        unzip(archive, into);
      } else {
        untar(archive, into);
      }
    } catch (UserException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw UserException.cannot(
          "unpack " + archive, "it is damaged", "delete it and download it again", e);
    }
  }

  private void untar(Path archive, Path into) throws IOException {
    try (CheckedTar tar = new CheckedTar(archive)) {
      new Expander().expand(tar, into);
    }
  }

  /** Reading from the front compares lengths and CRCs; a link would become a file with its name. */
  private void unzip(Path archive, Path into) throws IOException {
    int listed = listed(archive);
    Allowance allowance = new Allowance(archive);
    int found = 0;
    try (ZipInputStream zip =
        new ZipInputStream(new BufferedInputStream(Files.newInputStream(archive), BUFFER))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        allowance.enter(entry.getName());
        unzip(zip, entry, into, allowance);
        found++;
      }
    }
    if (found != listed) {
      throw new ZipException("it has " + found + " entries, but lists " + listed);
    }
  }

  /** What the end of the file says, which a truncated one lacks. */
  private static int listed(Path archive) throws IOException {
    try (ZipFile zip = new ZipFile(archive.toFile())) {
      return zip.size();
    }
  }

  private static void unzip(ZipInputStream zip, ZipEntry entry, Path into, Allowance allowance)
      throws IOException {
    Path target = into.resolve(entry.getName());
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return;
    }
    Files.createDirectories(target.getParent());
    try (OutputStream out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
      byte[] buffer = new byte[BUFFER];
      for (int count = zip.read(buffer); count >= 0; count = zip.read(buffer)) {
        allowance.take(count);
        out.write(buffer, 0, count);
      }
    }
  }

  /** What an archive may still hold. */
  private final class Allowance {
    private final Path archive;
    private int entries;
    private long bytes;

    Allowance(Path archive) {
      this.archive = archive;
    }

    void enter(String name) {
      if (++entries > MOST_ENTRIES) {
        throw refused(archive, "it has more than " + MOST_ENTRIES + " entries");
      }
      if (name.startsWith("/") || List.of(name.split("[/\\\\]", -1)).contains("..")) {
        throw refused(archive, "entry " + name + " leads out of the folder");
      }
    }

    void take(long more) {
      bytes += more;
      if (bytes > mostBytes) {
        throw refused(archive, "it unpacks to more than " + mostBytes + " bytes");
      }
    }
  }

  /** Refuses an entry before anything is made of it. */
  private final class CheckedTar extends TarArchiveInputStream {
    private final Path archive;
    private final Allowance allowance;

    CheckedTar(Path archive) throws IOException {
      super(
          new GZIPInputStream(
              new BufferedInputStream(Files.newInputStream(archive), BUFFER), BUFFER));
      this.archive = archive;
      this.allowance = new Allowance(archive);
    }

    @Override
    public ArchiveEntry getNextEntry() throws IOException {
      TarArchiveEntry entry = getNextTarEntry();
      if (entry != null) {
        require(entry);
      }
      return entry;
    }

    private void require(TarArchiveEntry entry) {
      String name = entry.getName();
      allowance.enter(name);
      if (entry.isSymbolicLink() || entry.isLink()) {
        throw refused(archive, "entry " + name + " is a link");
      }
      if (!entry.isDirectory() && (!entry.isFile() || isDevice(entry))) {
        throw refused(archive, "entry " + name + " is neither a file nor a folder");
      }
      allowance.take(entry.getSize());
    }

    private static boolean isDevice(TarArchiveEntry entry) {
      return entry.isFIFO()
          || entry.isBlockDevice()
          || entry.isCharacterDevice()
          || entry.isSparse();
    }
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

  private static UserException refused(Path archive, String fact) {
    return UserException.cannot("unpack " + archive, fact, "do not use this archive");
  }
}
