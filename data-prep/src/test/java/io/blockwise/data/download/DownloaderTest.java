package io.blockwise.data.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Digests;
import io.blockwise.data.progress.Progress;
import io.blockwise.data.progress.Step;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloaderTest {
  private static final Downloader.Patience IMPATIENT =
      new Downloader.Patience(3, Duration.ZERO, Duration.ofSeconds(10), Duration.ofSeconds(10));
  private static final byte[] CONTENT = new byte[1_000_000];

  private final List<Long> progress = new ArrayList<>();
  private DownloadServer server;

  @TempDir Path folder;

  @BeforeEach
  void startServer() throws IOException {
    new Random(11).nextBytes(CONTENT);
    server = new DownloadServer();
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  @Test
  void fileArrivesWhole() throws IOException {
    Path file = fetch(file(server.put("data.bin", CONTENT)));
    assertThat(file).hasFileName("data.bin").hasBinaryContent(CONTENT);
    assertThat(folder.resolve("data.bin.part")).doesNotExist();
    assertThat(progress).first().isEqualTo(0L);
    assertThat(progress).last().isEqualTo(1_000_000L);
  }

  @Test
  void cutConnectionIsResumedWhereItBroke() throws IOException {
    URI uri = server.put("data.bin", CONTENT);
    server.cut(2);
    assertThat(fetch(file(uri))).hasBinaryContent(CONTENT);
    assertThat(server.ranges())
        .hasSize(3)
        .startsWith("")
        .element(1)
        .asString()
        .startsWith("bytes=");
    assertThat(server.ranges().get(1)).isNotEqualTo(server.ranges().get(2));
  }

  @Test
  void remainsOfAnEarlierRunAreResumed() throws IOException {
    Files.write(folder.resolve("data.bin.part"), Arrays.copyOf(CONTENT, 300_000));
    assertThat(fetch(file(server.put("data.bin", CONTENT)))).hasBinaryContent(CONTENT);
    assertThat(server.ranges()).containsExactly("bytes=300000-");
  }

  @Test
  void remainsThatAreWholeAreOnlyChecked() throws IOException {
    Files.write(folder.resolve("data.bin.part"), CONTENT);
    assertThat(fetch(file(server.put("data.bin", CONTENT)))).hasBinaryContent(CONTENT);
    assertThat(server.ranges()).containsExactly("bytes=1000000-");
  }

  @Test
  void remainsOfAnotherVersionAreDroppedAndTheFileGotAgain() throws IOException {
    Files.write(folder.resolve("data.bin.part"), new byte[300_000]);
    assertThat(fetch(file(server.put("data.bin", CONTENT)))).hasBinaryContent(CONTENT);
    assertThat(server.ranges()).containsExactly("bytes=300000-", "");
  }

  @Test
  void wrongChecksumIsRefusedAndNothingKept() throws IOException {
    RemoteFile wanted = file(server.put("data.bin", CONTENT));
    server.put("data.bin", new byte[1000]);
    assertThatThrownBy(() -> fetch(wanted))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "Cannot download http://127.0.0.1:[0-9]+/data.bin: checksum [0-9a-f]{4}\\.\\.\\. is not"
                + " the published [0-9a-f]{4}\\.\\.\\. \\(put it there by hand\\)");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void missingFileIsRefusedWithoutTryingAgain() {
    URI uri = server.put("data.bin", CONTENT).resolve("/other.bin");
    assertThatThrownBy(() -> fetch(file(uri)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the server answers 404 (put it there by hand)");
    assertThat(server.ranges()).hasSize(1);
  }

  @Test
  void connectionThatBringsNothingMoreIsGivenUp() throws IOException {
    URI uri = server.put("data.bin", new byte[1]);
    server.cut(Integer.MAX_VALUE);
    assertThatThrownBy(() -> fetch(file(uri)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the connection to 127.0.0.1 failed");
    assertThat(server.ranges()).hasSize(3);
  }

  @Test
  void connectionThatFallsSilentIsGivenUpAndItsBytesAreKept() throws IOException {
    URI uri = server.put("data.bin", CONTENT);
    server.fallSilentHalfWay();
    Downloader.Patience patience =
        new Downloader.Patience(1, Duration.ZERO, Duration.ofSeconds(10), Duration.ofMillis(200));
    assertThatThrownBy(
            () -> new Downloader(patience, listener()).fetch(file(uri), folder, "by hand"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot download " + uri + ": the connection to 127.0.0.1 failed: ")
        .hasMessageEndingWith(" (by hand)");
    assertThat(folder.resolve("data.bin.part")).hasSize(500_000);
  }

  @Test
  void offlineIsOneLineThatSaysWhatToDo() throws IOException {
    int port;
    try (ServerSocket closedAtOnce = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closedAtOnce.getLocalPort();
    }
    URI uri = URI.create("http://127.0.0.1:" + port + "/data.bin");
    assertThatThrownBy(() -> fetch(file(uri)))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot download " + uri + ": no connection to 127.0.0.1 (put it there by hand)");
  }

  @Test
  void finishedFileIsNotAskedForAgain() throws IOException {
    Files.writeString(folder.resolve("data.bin"), "there already");
    fetch(file(server.put("data.bin", CONTENT)));
    assertThat(server.ranges()).isEmpty();
  }

  private Path fetch(RemoteFile file) throws IOException {
    return new Downloader(IMPATIENT, listener()).fetch(file, folder, "put it there by hand");
  }

  private static RemoteFile file(URI uri) {
    return new RemoteFile(uri, "SHA-256", Digests.sha256(CONTENT));
  }

  private Progress listener() {
    return new Progress() {
      @Override
      public void began(String what) {}

      @Override
      public void advanced(Step step, long done) {
        progress.add(done);
      }
    };
  }
}
