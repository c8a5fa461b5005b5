package io.blockwise.job.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import java.io.IOException;
import java.io.Serializable;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointsTest {
  private static final Checkpoints.Facts FACTS = new Checkpoints.Facts("1", "data", 2, 0.5);

  @TempDir Path directory;
  private final List<String> notices = new ArrayList<>();
  private Checkpoints checkpoints;

  /** What a driver may know. */
  private record State(String text, List<Integer> numbers) implements Serializable {}

  @BeforeEach
  void open() {
    Storage storage = new Storage(new Configuration());
    checkpoints = new Checkpoints(storage, new org.apache.hadoop.fs.Path(directory.toString()));
  }

  private void write(long number) throws IOException {
    State state = new State("state " + number, List.of(1, 2));
    checkpoints.write(number, FACTS, state, List.of(), Instant.EPOCH);
  }

  private Path file(long number, String name) {
    return Path.of(checkpoints.directory(number).toString(), name);
  }

  @Test
  void newestCompleteOneIsRead() throws IOException {
    assertThat(checkpoints.newest(State.class, notices::add)).isEmpty();
    write(1);
    write(2);
    // as a driver that was killed has left it
    Files.createDirectories(file(3, ""));
    Files.copy(file(2, "driver.state"), file(3, "driver.state"));

    Checkpoints.Found<State> found = checkpoints.newest(State.class, notices::add).orElseThrow();

    assertThat(found.number()).isEqualTo(2);
    assertThat(found.facts()).isEqualTo(FACTS);
    assertThat(found.state()).isEqualTo(new State("state 2", List.of(1, 2)));
    assertThat(notices).isEmpty();
    assertThat(checkpoints.next()).isEqualTo(4);
  }

  @Test
  void whatWasBegunBeforeTheOldestThatStaysIsDeleted() throws IOException {
    Files.createDirectories(file(1, ""));
    for (long number = 2; number <= 4; number++) {
      write(number);
    }
    Files.createDirectories(file(5, ""));
    checkpoints.prune(2);
    assertThat(directory.toFile().list()).containsExactlyInAnyOrder("000003", "000004", "000005");
    checkpoints.clear();
    assertThat(directory).doesNotExist();
  }

  @Test
  void damagedOnesArePassedOverAndSaid() throws IOException {
    write(1);
    write(2);
    write(3);
    Files.write(file(3, "driver.state"), new byte[] {1, 2, 3});
    Files.writeString(file(2, "manifest.json"), "{\"format_ver");
    Checkpoints.Found<State> found = checkpoints.newest(State.class, notices::add).orElseThrow();
    assertThat(found.number()).isEqualTo(1);
    assertThat(notices).hasSize(2);
    assertThat(notices.get(0))
        .contains("/000003/driver.state: it has 3 bytes with SHA-256 ", ", its manifest says ")
        .endsWith("/000003 to resume from the checkpoint before)");
    assertThat(notices.get(1)).contains("/000002/manifest.json: it is no manifest");
  }

  @Test
  void runWhoseCheckpointsAreAllDamagedIsNotBegunAnewWithoutAWord() throws IOException {
    write(1);
    Files.delete(file(1, "driver.state"));
    assertThatThrownBy(() -> checkpoints.newest(State.class, notices::add))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("none of its 1 checkpoints can be read (delete it to start");
    assertThat(notices).singleElement().asString().contains("driver.state: it is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../000001/driver.state", "/etc/passwd", "file:x", "..", "a\\u0000b"})
  void manifestThatNamesAFileElsewhereIsPassedOver(String name) throws IOException {
    write(1);
    write(2);
    Path manifest = file(2, "manifest.json");
    Files.writeString(manifest, Files.readString(manifest).replace("driver.state", name));
    assertThat(checkpoints.newest(State.class, notices::add).orElseThrow().number()).isEqualTo(1);
    assertThat(notices).singleElement().asString().contains("manifest.json: it is no manifest");
  }

  @Test
  void manifestWithoutFilesIsPassedOver() throws IOException {
    write(1);
    write(2);
    Path manifest = file(2, "manifest.json");
    String none =
        Files.readString(manifest).replaceAll("(?s)\"files\" ?: ?\\[.*\\]", "\"files\":[]");
    Files.writeString(manifest, none);
    assertThat(checkpoints.newest(State.class, notices::add).orElseThrow().number()).isEqualTo(1);
    assertThat(notices).singleElement().asString().contains("manifest.json: it is no manifest");
  }

  @Test
  void noOtherObjectsAreMadeThanOurs() throws IOException {
    URI foreign = URI.create("http://example.org");
    checkpoints.write(1, FACTS, foreign, List.of(), Instant.EPOCH);
    assertThatThrownBy(() -> checkpoints.newest(State.class, notices::add))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it was written by another version of Blockwise: ")
        .hasMessageContaining("filter status: REJECTED");
  }

  @Test
  void stateOfAnotherKindIsRefused() throws IOException {
    checkpoints.write(1, FACTS, "text", List.of(), Instant.EPOCH);
    assertThatThrownBy(() -> checkpoints.newest(State.class, notices::add))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("(resume with that version, or choose another run-id)");
  }
}
