package io.blockwise.job.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.blockwise.job.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The example reads what was published, and nothing but that, and answers as Blockwise does. */
@Tag("slow")
class ReadModelExampleTest {
  private static final String EXAMPLE = "../examples/read_model.py";

  @TempDir static Path corpus;

  @TempDir Path directory;

  @BeforeAll
  static void prepareCorpus() throws IOException {
    SmallTexts.prepare(corpus);
  }

  @ParameterizedTest
  @MethodSource("io.blockwise.job.training.EveryNetwork#ofImages")
  @ValueSource(
      strings = {
        "method=scpl",
        "backbone=mlp",
        "method=al",
        "method=deinforeg",
        "network.blocks=[[{type = residual, body = [{type = convolution, filters = 6}, {type ="
            + " batch-norm}], shortcut = [{type = convolution, filters = 6, kernel = 1, padding ="
            + " 0}]}, {type = relu}], [{type = residual, body = [{type = convolution, filters = 6}]}]]",
      })
  void exampleMeasuresThePublishedAccuracies(String set) throws Exception {
    requireNumPy();
    List<String> sets = new ArrayList<>(List.of("training.epochs=4", "mlp.hidden=[20, 10]"));
    sets.addAll(List.of(set.split(", (?=[a-z.-]+=)")));
    SmallRuns.train(SmallRuns.settings(directory, sets.toArray(String[]::new)));
    assertThatExampleAgrees(
        SmallRuns.output(directory).resolve("datasets/shapes-raw/test_batch.bin"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "backbone=text-linear, method=scpl",
        "backbone=text-lstm, method=scpl",
        "backbone=text-lstm, method=al, al.bridge.features=summed, text-lstm.carry=true",
        "backbone=text-lstm, method=bp, exit.features=flat",
        "backbone=text-lstm, method=deinforeg",
        "backbone=text-lstm, method=pred, exit.momentum=0.9",
        "backbone=text-transformer, method=al",
        "backbone=text-transformer, method=pred, text-transformer.positions=true",
        "network.blocks=[[{type = embedding, width = 6, rate = 1}, {type = lstm, units = 3, carry ="
            + " true}, {type = residual, body = [{type = layer-norm}]}], [{type = dropout, share ="
            + " 0.1}, {type = lstm, units = 3, carry = true}, {type = dense, units = 5}, {type ="
            + " tanh}], [{type = lstm, units = 4, carry = false}, {type = final-states, combined ="
            + " sum}]]",
      })
  void exampleReadsTextsAsBlockwiseDoes(String set) throws Exception {
    requireNumPy();
    SmallRuns.copy(SmallRuns.output(corpus), SmallRuns.output(directory));
    SmallRuns.train(texts(set, "training.epochs=2"));
    assertThatExampleAgrees(SmallTexts.raw(corpus).resolve("test.csv"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data.text.drop-stop-words=true",
        "data.text.tokenizer=whitespace, data.text.lower-case=false, data.text.max-length=9",
        "data.text.tokenizer=characters",
      })
  void exampleCutsTextsAsBlockwiseDoes(String set) throws Exception {
    requireNumPy();
    Path raw = Files.createDirectory(directory.resolve("raw"));
    for (String table : List.of("train.csv", "test.csv")) {
      Files.writeString(
          raw.resolve(table), marked(Files.readString(SmallTexts.raw(corpus).resolve(table))));
    }
    Settings settings =
        texts(set, "data.path=" + raw, "data.text.glove=", "backbone=text-linear", "method=bp");
    SmallRuns.prepare(settings);
    SmallRuns.train(settings);
    assertThatExampleAgrees(raw.resolve("test.csv"));
  }

  /** With other things than words between the words of each row. */
  private static String marked(String table) {
    return table
        .replaceAll("(?m),(.+[0-9])$", ",\"$1.\"")
        .replace(" word", ", <b>The</b> \"\"ÄRGER's\"\" 3.5 &amp; don't_Word")
        .replace(" money", " 中文 money:money, ");
  }

  private Settings texts(String set, String... further) throws IOException {
    List<String> sets = new ArrayList<>(List.of(further));
    sets.addAll(List.of(set.split(", (?=[a-z.-]+=)")));
    return SmallTexts.settings(corpus, directory, sets.toArray(String[]::new));
  }

  private void assertThatExampleAgrees(Path rows) throws Exception {
    List<Double> published = SmallRuns.published(directory).metrics().test().accuracy();
    List<String> expected = new ArrayList<>();
    for (double share : published) {
      expected.add(
          String.format(
              Locale.ROOT,
              "block %d: %6.2f %%, published %6.2f %%",
              expected.size() + 1,
              100 * share,
              100 * share));
    }
    Path model = SmallRuns.output(directory).resolve("models/small");
    assertThat(python(EXAMPLE, model.toString(), rows.toString()))
        .containsExactlyElementsOf(expected);
  }

  @Test
  void exampleIsShort() throws IOException {
    assertThat(Files.readAllLines(Path.of(EXAMPLE))).hasSizeLessThanOrEqualTo(220);
  }

  private static void requireNumPy() throws IOException, InterruptedException {
    try {
      Process process = new ProcessBuilder("python3", "-c", "import numpy").start();
      assumeTrue(process.waitFor() == 0, "skipped: python3 has no NumPy here");
    } catch (IOException e) {
      assumeTrue(false, "skipped: there is no python3 here");
    }
  }

  private static List<String> python(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("python3"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().toList();
  }
}
