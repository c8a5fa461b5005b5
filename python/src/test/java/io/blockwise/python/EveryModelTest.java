package io.blockwise.python;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.Settings;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.prediction.Example;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.job.training.SmallTables;
import io.blockwise.job.training.SmallTexts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Python's class scores against Java's, of every backbone, method and layer; the largest difference
 * of each is printed. A score may differ by 1e-5 of the largest one of its block.
 */
@Tag("slow")
@Timeout(240) // what hangs shall fail
class EveryModelTest {
  private static final double BOUND = 1e-5;

  private static final List<String> METHODS =
      List.of("bp", "scpl", "predsim", "al", "deinforeg", "pred");

  /** Widths that make a run take about a second. */
  private static final List<String> SMALL =
      List.of(
          "training.epochs=1",
          "mlp.hidden=[20, 10]",
          "cnn.width=4",
          "vgg8.width=4",
          "vgg-wide.width=4",
          "resnet18.width=4",
          "resnet32.width=2",
          "resnet110.width=2");

  @TempDir static Path images;
  @TempDir static Path corpus;
  @TempDir static Path tables;
  @TempDir static Path gaps;

  private static int runs;

  @BeforeAll
  static void prepare() throws Exception {
    Python.requireNumPy();
    SmallRuns.copyDataset(images);
    SmallTexts.prepare(corpus);
    SmallTables.prepare(tables);
    SmallTables.prepareWithGaps(gaps);
  }

  /** Every one of images with every method. */
  static List<String> backbonesOfImages() {
    return withEveryMethod(
        "mlp", "cnn", "vgg-small", "vgg8", "vgg-wide", "resnet18", "resnet32", "resnet110");
  }

  /** Every one of texts with every method. */
  static List<String> backbonesOfTexts() {
    return withEveryMethod("text-linear", "text-lstm", "text-transformer");
  }

  private static List<String> withEveryMethod(String... backbones) {
    return Arrays.stream(backbones)
        .flatMap(name -> METHODS.stream().map(method -> "backbone=" + name + ", method=" + method))
        .toList();
  }

  @ParameterizedTest
  @MethodSource({"backbonesOfImages", "io.blockwise.job.training.EveryNetwork#ofImages"})
  void imagesAreAnsweredAsByJava(String set) throws Exception {
    Settings settings = SmallRuns.unprepared(images, sets(set, SMALL));
    SmallRuns.train(settings);
    Rows rows = testRows(settings);
    assertAgree(set, images, Answers.ofImages(rows, 40, List.of("pixels")));
  }

  @ParameterizedTest
  @MethodSource({"backbonesOfTexts", "io.blockwise.job.training.EveryNetwork#ofTexts"})
  void textsAreAnsweredAsByJava(String set) throws Exception {
    SmallRuns.train(SmallTexts.settings(corpus, corpus, sets(set, List.of("training.epochs=1"))));
    List<Example> texts =
        Stream.concat(
                SmallTexts.test(corpus).stream().map(row -> row[1]).limit(40),
                Stream.of("", "unknown words", "Word1 <b>MONEY2</b> &amp; sports3."))
            .map(Example::of)
            .toList();
    assertAgree(set, corpus, Answers.ofExamples("tokens", texts));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "method=bp",
        "method=scpl",
        "method=al",
        "method=deinforeg",
        "method=predsim",
        "method=pred",
        "method=pred, exit={kind = mlp-bn, hidden = [9, 8]}",
        "network.blocks=[[{type = dense, units = 9}, {type = batch-norm}, {type = leaky-relu}],"
            + " [{type = residual, body = [{type = dense, units = 9}, {type = sigmoid}]}, {type ="
            + " dense, units = 5}, {type = elu}]]",
      })
  void tablesAreAnsweredAsByJava(String set) throws Exception {
    for (Path table : List.of(tables, gaps)) {
      List<String> further = new ArrayList<>(List.of("training.epochs=1"));
      if (table.equals(gaps)) {
        further.add("data.table.missing=mean");
      }
      SmallRuns.train(SmallTables.settings(table, table, sets(set, further)));
      List<Example> rows =
          SmallTables.test(table).stream().map(SmallTables::numbers).map(Example::of).toList();
      String what = table.equals(gaps) ? "a table with gaps, " : "a table, ";
      assertAgree(what + set, table, Answers.ofExamples("numbers", rows));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "side.inputs=[{block = 2, field = title, join = sequence}]",
        "side.inputs=[{block = 2, field = title, join = add}]",
        "side.inputs=[{block = 2, field = numbers, join = sequence}, {block = 2, field = title, join"
            + " = sequence}]",
        "side.inputs=[{block = 2, field = numbers, join = add}]",
        "backbone=text-linear, side.inputs=[{block = 2, field = numbers, join = vector}]",
        "backbone=text-linear, side.inputs=[{block = 3, field = title, join = vector}]",
      })
  void furtherFieldsOfTextsAreReadAsByJava(String set, @TempDir Path directory) throws Exception {
    Settings settings = FurtherFields.ofTexts(directory, sets(set, List.of()));
    SmallRuns.prepare(settings);
    SmallRuns.train(settings);
    assertAgree(set, directory, FurtherFields.examples(set));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void furtherChannelsAreReadAsByJava(int stride, @TempDir Path directory) throws Exception {
    Settings settings = FurtherFields.ofImages(directory, stride);
    SmallRuns.prepare(settings);
    SmallRuns.train(settings);
    Rows rows = testRows(settings);
    Answers answers = Answers.ofImages(rows, rows.count(), List.of("pixels", "images"));
    assertAgree("side images, stride " + stride, directory, answers);
  }

  private static Rows testRows(Settings settings) {
    Dataset dataset = Datasets.openOrPrepare(settings, new Configuration());
    return dataset.read(dataset.manifest().split(Split.TEST).shards().get(0));
  }

  private static String[] sets(String set, List<String> further) {
    List<String> sets = new ArrayList<>(further);
    sets.addAll(List.of(set.split(", (?=[a-z.-]+=)")));
    sets.add("run-id=run-" + ++runs);
    return sets.toArray(String[]::new);
  }

  private static void assertAgree(String what, Path directory, Answers answers)
      throws IOException, InterruptedException {
    for (String framework : List.of("numpy", "torch")) {
      if (Python.has(framework)) {
        double difference = answers.difference(directory, framework);
        System.out.printf(Locale.ROOT, "%.1e with %s: %s%n", difference, framework, what);
        assertThat(difference).as("%s with %s", what, framework).isLessThan(BOUND);
      } else {
        System.out.println("skipped with " + framework + ", which python3 lacks here: " + what);
      }
    }
  }
}
