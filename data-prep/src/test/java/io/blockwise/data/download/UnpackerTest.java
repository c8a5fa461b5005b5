package io.blockwise.data.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Digests;
import io.blockwise.base.files.Storage;
import io.blockwise.data.RawFiles;
import io.blockwise.data.progress.Silent;
import io.blockwise.testing.RemoteFileSystems;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnpackerTest {
  private static final byte[] TEXT = "hello".getBytes(StandardCharsets.UTF_8);

  private final ByteArrayOutputStream tar = new ByteArrayOutputStream();
  private final TarArchiveOutputStream entries = new TarArchiveOutputStream(tar);

  @TempDir Path folder;
  private Path target;

  @BeforeEach
  void makeTarget() throws IOException {
    target = Files.createDirectory(folder.resolve("target"));
  }

  @Test
  void filesAndFoldersAreUnpacked() throws IOException {
    add(new TarArchiveEntry("data/"), new byte[0]);
    add("data/deep/hello.txt", TEXT);
    new Unpacker(1000).unpack(archive(), target);
    assertThat(target.resolve("data/deep/hello.txt")).hasBinaryContent(TEXT);
    assertOnly("data");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../evil.txt", "data/../../evil.txt", "/evil.txt", "data\\..\\evil.txt"})
  void nameThatLeadsOutIsRefused(String name) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setName(name);
    add(entry, TEXT);
    assertRefused(1000, "leads out of the folder");
    assertThat(folder.resolve("evil.txt")).doesNotExist();
  }

  @Test
  void symbolicLinkIsRefused() throws IOException {
    TarArchiveEntry link = new TarArchiveEntry("data", TarConstants.LF_SYMLINK);
    link.setLinkName("/etc");
    add(link, new byte[0]);
    assertRefused(1000, "entry data is a link");
  }

  @Test
  void hardLinkIsRefused() throws IOException {
    TarArchiveEntry link = new TarArchiveEntry("data", TarConstants.LF_LINK);
    link.setLinkName("/etc/passwd");
    add(link, new byte[0]);
    assertRefused(1000, "entry data is a link");
  }

  @Test
  void deviceIsRefused() throws IOException {
    add(new TarArchiveEntry("pipe", TarConstants.LF_FIFO), new byte[0]);
    assertRefused(1000, "entry pipe is neither a file nor a folder");
  }

  @Test
  void archiveThatUnpacksToTooMuchIsRefused() throws IOException {
    add("one", new byte[600]);
    add("two", new byte[600]);
    assertRefused(1000, "it unpacks to more than 1000 bytes");
  }

  @Test
  void truncatedArchiveLeavesNothing() throws IOException {
    add("data/hello.txt", new byte[100_000]);
    Path archive = archive();
    byte[] whole = Files.readAllBytes(archive);
    Files.write(archive, Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> new Unpacker(1_000_000).unpack(archive, target))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it is damaged");
    assertOnly();
  }

  @Test
  void whatIsThereAlreadyIsNotOverwritten() throws IOException {
    add("data/hello.txt", TEXT);
    Files.writeString(target.resolve("data"), "mine");
    assertThatThrownBy(() -> new Unpacker(1000).unpack(archive(), target))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("data exists already");
    assertThat(target.resolve("data")).hasContent("mine");
  }

  /** On another file system they are copied there. */
  @ParameterizedTest
  @ValueSource(strings = {"file", "tree"})
  void fetchLeavesTheUnpackedFilesOnly(String scheme) throws IOException {
    add("cifar/hello.txt", TEXT);
    byte[] archive = Files.readAllBytes(archive());
    try (DownloadServer server = new DownloadServer()) {
      RemoteFile file =
          new RemoteFile(server.put("cifar.tar.gz", archive), "SHA-256", Digests.sha256(archive));
      new Fetch(new Storage(RemoteFileSystems.configuration("")), new Downloader(Silent.INSTANCE))
          .into(new org.apache.hadoop.fs.Path(scheme, null, target.toString()), List.of(file));
    }
    assertThat(target.resolve("cifar/hello.txt")).hasBinaryContent(TEXT);
    assertOnly("cifar");
  }

  @Test
  void zipIsUnpacked() throws IOException {
    Path archive = zip(Map.of("data/", new byte[0], "data/deep/hello.txt", TEXT));
    new Unpacker(1000).unpack(archive, target);
    assertThat(target.resolve("data/deep/hello.txt")).hasBinaryContent(TEXT);
    assertOnly("data");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../evil.txt", "data/../../evil.txt", "/evil.txt", "data\\..\\evil.txt"})
  void nameInAZipThatLeadsOutIsRefused(String name) throws IOException {
    assertRefused(zip(Map.of(name, TEXT)), 1000, "leads out of the folder");
    assertThat(folder.resolve("evil.txt")).doesNotExist();
  }

  @Test
  void zipThatUnpacksToTooMuchIsRefused() throws IOException {
    Path archive = zip(Map.of("one", new byte[600], "two", new byte[600]));
    assertRefused(archive, 1000, "it unpacks to more than 1000 bytes");
  }

  /** Behind the last entry too, where reading from the front finds nothing amiss. */
  @Test
  void truncatedZipIsRefusedWhereverItIsCut() throws IOException {
    byte[] whole = Files.readAllBytes(zip(Map.of("a", TEXT, "b", TEXT)));
    for (int length = 0; length < whole.length; length++) {
      Path archive = folder.resolve("archive.zip");
      Files.write(archive, Arrays.copyOf(whole, length));
      assertRefused(archive, 1000, "it is damaged (delete it and download it again)");
    }
  }

  /** Where its second entry should begin, which reading from the front takes for the end. */
  @Test
  void zipThatIsOverwrittenInItsMiddleIsRefused() throws IOException {
    Path archive = zip(Map.of("a", TEXT, "b", TEXT));
    byte[] bytes = Files.readAllBytes(archive);
    int second = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("PK\3\4", 4);
    Arrays.fill(bytes, second, second + 4, (byte) 0);
    Files.write(archive, bytes);
    assertRefused(archive, 1000, "it is damaged");
  }

  @Test
  void zipWithAnotherByteIsRefused() throws IOException {
    Path archive = zip(Map.of("one", TEXT));
    byte[] bytes = Files.readAllBytes(archive);
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("hello");
    bytes[at] = 'j';
    Files.write(archive, bytes);
    assertRefused(archive, 1000, "it is damaged");
  }

  /** Without compression. */
  private Path zip(Map<String, byte[]> content) throws IOException {
    Path archive = folder.resolve("archive.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(archive))) {
      out.setMethod(ZipOutputStream.STORED);
      for (Map.Entry<String, byte[]> file : content.entrySet()) {
        ZipEntry entry = new ZipEntry(file.getKey());
        CRC32 crc = new CRC32();
        crc.update(file.getValue());
        entry.setCrc(crc.getValue());
        entry.setSize(file.getValue().length);
        out.putNextEntry(entry);
        out.write(file.getValue());
        out.closeEntry();
      }
    }
    return archive;
  }

  private void add(String name, byte[] content) throws IOException {
    add(new TarArchiveEntry(name), content);
  }

  private void add(TarArchiveEntry entry, byte[] content) throws IOException {
    entry.setSize(content.length);
    entries.putArchiveEntry(entry);
    entries.write(content);
    entries.closeArchiveEntry();
  }

  private Path archive() throws IOException {
    entries.close();
    return Files.write(folder.resolve("archive.tar.gz"), RawFiles.gzip(tar.toByteArray()));
  }

  private void assertRefused(long mostBytes, String fact) throws IOException {
    assertRefused(archive(), mostBytes, fact);
  }

  private void assertRefused(Path archive, long mostBytes, String fact) throws IOException {
    assertThatThrownBy(() -> new Unpacker(mostBytes).unpack(archive, target))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot unpack " + archive)
        .hasMessageContaining(fact);
    assertOnly();
  }

  private void assertOnly(String... names) throws IOException {
    try (var found = Files.list(target)) {
      assertThat(found.map(path -> path.getFileName().toString())).containsExactly(names);
    }
  }
}
