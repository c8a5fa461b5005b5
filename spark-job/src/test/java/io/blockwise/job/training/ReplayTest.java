package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.blockwise.base.UserException;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.config.Settings;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.testing.RandomSeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs with a tape, and what becomes of them when it is followed. */
@Timeout(120)
@Tag("thorough")
class ReplayTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "workers=2 averaging.period=1",
        "workers=3 averaging.period=1 averaging.gain=norm",
        "workers=2 averaging.period=2 averaging.rule=elastic",
        "workers=2 training.epochs=1 training.epochs-at=steps training.scale-rate=sqrt-workers averaging.outer.optimiser=delayed",
        "workers=3 averaging.period=2 training.augmentation=weak averaging.codec=fp16",
        "workers=3 averaging.period=1 lease.seconds=1 data.name=many data.shards.train=24 training.batch-size=8",
        "workers=2 averaging.rule=quorum averaging.period=3 averaging.outer.optimiser=nesterov",
        "workers=3 averaging.rule=quorum averaging.quorum.size=2 averaging.quorum.wait=2ms averaging.period=2",
        "workers=2 engine=dl4j averaging.period=2",
        "workers=3 averaging.rule=quorum averaging.quorum.wait=grace averaging.period=2",
        "workers=3 averaging.period-by-speed=true averaging.period=4",
        "workers=1 averaging.period=3",
        "workers=2 averaging.period=2 growth.at=[2]",
      })
  void aRunEndsInTheSameBytesWhenItsTapeIsFollowed(String sets) throws Exception {
    train(sets.split(" "));
    Map<String, Integer> before = SmallRuns.content(SmallRuns.output(directory));
    String printed = replay();
    assertThat(printed)
        .contains("epoch 1/2 as taped", "epoch 2/2 as taped", "the same model after epoch ")
        .contains("Replayed " + SmallRuns.run(directory) + ": " + tape().size() + " lines of ");
    assertThat(printed.lines().filter(line -> line.contains("SHA-256")))
        .extracting(line -> line.replaceAll(".* ", ""))
        .isEqualTo(publishedChecksums());
    assertThat(SmallRuns.content(SmallRuns.output(directory))).isEqualTo(before);
  }

  @Test
  void aTapeHoldsEveryLeaseFoldAndAdoption() throws Exception {
    train("workers=2", "averaging.period=3");
    Metrics metrics = SmallRuns.published(directory).metrics();
    List<JsonNode> tape = tape();
    assertThat(tape.get(0).get("start").get("workers").asInt()).isEqualTo(2);
    assertThat(kinds(tape, "lease"))
        .flatExtracting(lease -> List.copyOf(texts(lease.get("shards"))))
        .hasSize(2 * 4)
        .containsOnly(
            "train/shard-00000.parquet",
            "train/shard-00001.parquet",
            "train/shard-00002.parquet",
            "train/shard-00003.parquet");
    List<JsonNode> folds = kinds(tape, "fold");
    assertThat(folds).hasSize((int) metrics.pushes().accepted());
    Map<Integer, Long> versions = new HashMap<>();
    for (JsonNode fold : folds) {
      int block = fold.get("block").asInt();
      long version = versions.merge(block, 1L, Long::sum);
      assertThat(fold.get("version").asLong()).isEqualTo(version);
      assertThat(fold.get("base").asLong()).isLessThan(version);
      assertThat(fold.get("weight").asDouble()).isBetween(0.05, 1.0);
      assertThat(fold.get("gain").asDouble()).isEqualTo(1);
    }
    // Two workers' openings of three blocks in two epochs, and an answer to every push.
    List<JsonNode> replies = kinds(tape, "reply");
    assertThat(replies).hasSize(2 * 2 * 3 + (int) metrics.pushes().received());
    assertThat(replies).filteredOn(reply -> reply.get("batch").asLong() == 0).hasSize(2 * 2 * 3);
    assertThat(replies).allMatch(reply -> reply.get("batch").asLong() <= 11);
    assertThat(tape.get(tape.size() - 1).get("end").get("epoch").asInt())
        .isEqualTo(metrics.selectedEpoch());
  }

  @Test
  void withoutATapeNoneIsWritten() throws Exception {
    SmallRuns.train(SmallRuns.settings(directory, "workers=2", "training.epochs=1"));
    assertThat(tapeFile()).doesNotExist();
    assertRefused("it has no tape.jsonl (train with averaging.tape = true)");
  }

  @ParameterizedTest
  @CsvSource({
    "fold, weight",
    "fold, state",
    "fold, sequence",
    "reply, batch",
    "reply, version",
    "reply, members",
    "turn, number",
    "lease, epoch"
  })
  void aFigureThatWasChangedIsNamedWithItsLine(String kind, String field) throws Exception {
    train("workers=2", "averaging.period=2", "training.epochs=1");
    List<String> lines = lines();
    int number = line(lines, line -> line.startsWith("{\"" + kind));
    JsonNode taped = JSON.readTree(lines.get(number));
    ObjectNode inner = (ObjectNode) taped.get(kind);
    if (inner.get(field).isTextual()) {
      inner.put(field, "0badc0de");
    } else {
      inner.put(field, inner.get(field).asInt() + 5);
    }
    lines.set(number, taped.toString());
    Files.write(tapeFile(), lines);
    assertNamed(number);
  }

  @Test
  void aChecksumOfTheModelThatWasChangedIsNamedWithItsLine() throws Exception {
    train("workers=2", "training.epochs=1");
    List<String> lines = lines();
    int last = lines.size() - 1;
    lines.set(last, lines.get(last).replaceFirst("\"[0-9a-f]{64}\"", "\"" + "0".repeat(64) + "\""));
    Files.write(tapeFile(), lines);
    assertNamed(last);
  }

  @Test
  void aShardThatWasChangedIsNamedWithItsLine() throws Exception {
    train("workers=2", "training.epochs=1");
    List<String> lines = lines();
    int second = 2; // both leases of the epoch are dealt before anything else
    String first = texts(JSON.readTree(lines.get(1)).get("lease").get("shards")).get(0);
    String changed = lines.get(second).replaceFirst("train/shard-\\d+.parquet", first);
    lines.set(second, changed);
    Files.write(tapeFile(), lines);
    assertThatThrownBy(this::replay)
        .isInstanceOf(RunFailedException.class)
        .hasMessageContaining("line " + (second + 1) + " of tape.jsonl is " + changed)
        .hasMessageContaining("the replay has no shard " + first + " left in this epoch");
  }

  @Test
  void aLineThatIsMissingOrTwiceThereEndsTheReplay() throws Exception {
    train("workers=3", "averaging.period=2", "training.epochs=1");
    List<String> whole = lines();
    Random random = SEED.random();
    for (int i = 0; i < 6; i++) {
      int number = 1 + random.nextInt(whole.size() - 2);
      List<String> lines = new ArrayList<>(whole);
      if (i % 2 == 0) {
        lines.remove(number);
      } else {
        lines.add(number, lines.get(number));
      }
      Files.write(tapeFile(), lines);
      assertThatThrownBy(this::replay)
          .as("line " + (number + 1) + ": " + whole.get(number))
          .isInstanceOf(RunFailedException.class)
          .hasMessageContaining(" of tape.jsonl is ");
    }
  }

  @Test
  void aWorkerWhoseLastLineIsMissingEndsTheReplayWhereItsLeaseDoes() throws Exception {
    train("workers=2", "averaging.period=2", "training.epochs=1");
    List<String> lines = lines();
    int retired = line(lines, line -> isTurn(line, "retire"));
    int last = retired - 1;
    while (!isTurn(lines.get(last), "close")) {
      last--;
    }
    lines.remove(last);
    Files.write(tapeFile(), lines);
    assertNamed(retired - 1);
  }

  private static boolean isTurn(String line, String act) {
    return line.startsWith("{\"turn\":{\"worker\":1,\"act\":\"%s\"".formatted(act));
  }

  /** Both make as many batches, so that only what comes of the folds can tell. */
  @Test
  void workersThatTakeEachOthersTurnsAreToldByWhatComesOfIt() throws Exception {
    train("workers=2", "averaging.period=1", "training.epochs=1");
    List<String> lines = lines();
    lines.replaceAll(
        line ->
            line.startsWith("{\"lease")
                ? line
                : line.replace("\"worker\":1,", "\"worker\":0,")
                    .replace("\"worker\":2,", "\"worker\":1,")
                    .replace("\"worker\":0,", "\"worker\":2,"));
    Files.write(tapeFile(), lines);
    assertNamed(line(lines, line -> line.startsWith("{\"fold")));
  }

  @Test
  void aTapeOfAnotherRunIsRefused() throws Exception {
    train("workers=2", "training.epochs=1");
    changeStart(start -> start.put("run_id", "other"));
    assertRefused("its tape is of run other (give the directory of that run)");
  }

  @Test
  void aConfigurationThatWasChangedIsRefused() throws Exception {
    train("workers=2", "training.epochs=1");
    Path conf = SmallRuns.run(directory).resolve("resolved.conf");
    Files.writeString(conf, Files.readString(conf) + "\nseed = 9\n");
    assertRefusal()
        .hasMessageContaining("resolved.conf has checksum ")
        .hasMessageEndingWith("(restore the file)");
  }

  @Test
  void anotherDataSetIsRefused() throws Exception {
    train("workers=2", "training.epochs=1");
    changeStart(start -> start.put("dataset", "0badc0de"));
    assertRefusal()
        .hasMessageEndingWith("is another one than it was trained on (prepare that one again)");
  }

  @Test
  void anotherEngineIsRefused() throws Exception {
    train("workers=2", "training.epochs=1");
    changeStart(start -> start.put("engine", "abacus 1"));
    assertRefusal()
        .hasMessageContaining("it was computed with abacus 1, here is torch 2.10.0-1.5.13 on cpu");
  }

  @Test
  void aRunOfSeveralThreadsAWorkerIsRefused() throws Exception {
    train("workers=2", "training.epochs=1");
    changeStart(start -> start.put("threads", 2));
    assertRefused(
        "every worker had 2 threads, and would have 1 now (only a run with threads = 1 computes"
            + " the same every time)");
  }

  @Test
  void aTapeOfAnotherFormatIsRefused() throws Exception {
    train("workers=2", "training.epochs=1");
    changeStart(start -> start.put("format", 7).put("speed", "high"));
    assertRefused("tape.jsonl has format version 7 (this Blockwise reads 1)");
    Files.writeString(tapeFile(), "");
    assertRefused("line 1 of tape.jsonl begins no tape (it was changed or cut)");
  }

  @Test
  void aTapeThatWasCutIsRefused() throws Exception {
    train("workers=2", "training.epochs=1");
    List<String> lines = lines();
    String remedy =
        " (a tape is when its run has trained all of its epochs; the file may have been cut or changed)";
    Files.write(tapeFile(), lines.subList(0, lines.size() - 1));
    assertRefused("tape.jsonl is not whole, as its line " + (lines.size() - 1) + " shows" + remedy);
    String text = String.join("\n", lines);
    Files.writeString(tapeFile(), text.substring(0, text.length() - 9));
    assertRefused("tape.jsonl is not whole, as its line " + lines.size() + " shows" + remedy);
  }

  @Test
  void aTapeWithABrokenByteIsRefusedByItsLine() throws Exception {
    train("workers=2", "training.epochs=1");
    byte[] bytes = Files.readAllBytes(tapeFile());
    bytes[lines().get(0).length() + 1] = (byte) 0xff;
    Files.write(tapeFile(), bytes);
    assertRefusal().hasMessageContaining("tape.jsonl is not whole, as its line 2 shows");
  }

  @Test
  void timesBelowZeroAreRefusedByTheirLine() throws Exception {
    train("workers=2", "training.epochs=1");
    List<String> lines = lines();
    int number = line(lines, line -> line.contains("\"push\""));
    for (String time : List.of("step", "round_trip", "nanos")) {
      List<String> changed = new ArrayList<>(lines);
      changed.set(
          number, lines.get(number).replaceFirst("\"" + time + "\":\\d+", "\"" + time + "\":-1"));
      assertThat(changed).isNotEqualTo(lines);
      Files.write(tapeFile(), changed);
      assertRefusal()
          .hasMessageContaining("tape.jsonl is not whole, as its line %d shows", number + 1);
    }
  }

  @Test
  void aWorkerThatDoesNotExistIsRefused() throws Exception {
    train("workers=2", "training.epochs=1");
    List<String> lines = lines();
    int number = line(lines, line -> line.startsWith("{\"reply"));
    lines.set(number, lines.get(number).replaceFirst("\"worker\":\\d", "\"worker\":3"));
    Files.write(tapeFile(), lines);
    assertRefusal()
        .hasMessageContaining(
            "line %d of tape.jsonl names a worker of 2 that does not exist: ", number + 1);
  }

  @Test
  void aRunThatFailedHasATapeThatIsNotWhole() {
    String[] sets = {
      "averaging.tape=true",
      "workers=2",
      "averaging.period=1",
      "training.optimiser=sgd",
      "training.learning-rate=1e30",
      "training.max-non-finite=3",
      "method=pred"
    };
    assertThatThrownBy(() -> SmallRuns.train(SmallRuns.settings(directory, sets)))
        .isInstanceOf(RunFailedException.class);
    assertRefusal().hasMessageContaining("tape.jsonl is not whole");
  }

  private void train(String... sets) throws Exception {
    String[] all =
        Stream.concat(Stream.of("averaging.tape=true"), Stream.of(sets)).toArray(String[]::new);
    SmallRuns.train(SmallRuns.settings(directory, all));
  }

  /** As the command reads the run's directory. */
  private Settings ofTheRun() {
    Path run = SmallRuns.run(directory);
    return Settings.load(
        run.resolve("resolved.conf"),
        List.of("output=" + SmallRuns.output(directory), "run-id=" + run.getFileName()));
  }

  private String replay() throws Exception {
    return SmallRuns.printed(() -> Replay.run(ofTheRun()));
  }

  private void assertRefused(String fact) {
    assertRefusal().hasMessage("Cannot replay %s: %s", SmallRuns.run(directory), fact);
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefusal() {
    return assertThatThrownBy(this::replay)
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot replay " + SmallRuns.run(directory) + ": ")
        .satisfies(thrown -> assertThat(thrown.getMessage()).hasLineCount(1));
  }

  private void assertNamed(int number) throws IOException {
    assertThatThrownBy(this::replay)
        .isInstanceOf(RunFailedException.class)
        .hasMessageStartingWith(
            "Cannot follow the tape: line "
                + (number + 1)
                + " of tape.jsonl is "
                + lines().get(number)
                + ", and the replay has ");
  }

  private void changeStart(Consumer<ObjectNode> change) throws IOException {
    List<String> lines = lines();
    JsonNode first = JSON.readTree(lines.get(0));
    change.accept((ObjectNode) first.get("start"));
    lines.set(0, first.toString());
    Files.write(tapeFile(), lines);
  }

  private Path tapeFile() {
    return SmallRuns.run(directory).resolve("tape.jsonl");
  }

  private List<String> lines() throws IOException {
    return new ArrayList<>(Files.readAllLines(tapeFile()));
  }

  private List<JsonNode> tape() throws IOException {
    List<JsonNode> tape = new ArrayList<>();
    for (String line : lines()) {
      tape.add(JSON.readTree(line));
    }
    return tape;
  }

  /** Number, from 0, of the first line that is as wanted. */
  private static int line(List<String> lines, Predicate<String> wanted) {
    for (int i = 0; i < lines.size(); i++) {
      if (wanted.test(lines.get(i))) {
        return i;
      }
    }
    throw new AssertionError("no such line");
  }

  private static List<JsonNode> kinds(List<JsonNode> tape, String kind) {
    return tape.stream().filter(line -> line.has(kind)).map(line -> line.get(kind)).toList();
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private List<String> publishedChecksums() throws IOException {
    List<String> checksums = new ArrayList<>();
    for (JsonNode file :
        SmallRuns.json(SmallRuns.versions(directory).resolve("run/manifest.json")).get("files")) {
      if (file.get("name").asText().startsWith("block-")) {
        checksums.add(file.get("sha256").asText());
      }
    }
    return checksums;
  }
}
