package io.blockwise.job.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.data.PrepareOptions;
import io.blockwise.data.options.DataKind;
import io.blockwise.data.options.LabelNoise;
import io.blockwise.data.options.MaxLength;
import io.blockwise.data.options.ShapesOptions;
import io.blockwise.data.options.ShardCounts;
import io.blockwise.data.options.SideOptions;
import io.blockwise.data.options.TableOptions;
import io.blockwise.data.options.TextOptions;
import io.blockwise.data.options.Tokenizer;
import io.blockwise.data.options.WeightColumn;
import io.blockwise.job.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetsTest {
  @TempDir java.nio.file.Path directory;

  @Test
  void everyOptionIsCarriedOver() throws IOException {
    PrepareOptions options =
        options(
            "output=/out",
            "data.kind=mnist",
            "data.name=mine",
            "data.append-to=theirs",
            "data.path=hdfs://node:8020/raw",
            "data.download=true",
            "data.seed=7",
            "data.validation-fraction=0.2",
            "data.test-fraction=0.3",
            "data.image-size=48",
            "data.skip-bad=0.25",
            "data.label-noise={rate = 0.4, kind = symmetric-excl}",
            "data.shards={train = 9, validation = 3, test = 4}",
            "data.shapes={train = 500, test = 60}",
            "data.text={tokenizer = characters, strip-tags = false, lower-case = false}",
            "data.text={drop-stop-words = true, vocabulary-size = 70, min-count = 3}",
            "data.text={max-length = 12, glove = /words.txt, label-column = y, text-column = x}",
            "data.table={label-column = z, columns = [a, b], missing = mean}");
    assertThat(options)
        .isEqualTo(
            new PrepareOptions(
                DataKind.MNIST,
                Optional.of(new Path("hdfs://node:8020/raw")),
                new Path("/out/datasets/mine"),
                7,
                0.2,
                0.3,
                new ShardCounts(9, 3, 4),
                48,
                0.25,
                new LabelNoise(0.4, LabelNoise.Kind.SYMMETRIC_EXCL),
                true,
                new ShapesOptions(500, 60),
                new TextOptions(
                    Tokenizer.CHARACTERS,
                    false,
                    false,
                    true,
                    70,
                    3,
                    MaxLength.parse("12"),
                    Optional.of("/words.txt"),
                    "y",
                    "x"),
                new TableOptions(
                    Optional.empty(), "z", List.of("a", "b"), TableOptions.Missing.MEAN),
                SideOptions.NONE,
                WeightColumn.NONE,
                Optional.of(new Path("/out/datasets/theirs"))));
  }

  @Test
  void downloadWithoutAPlaceGoesBesideTheDataSet() throws IOException {
    PrepareOptions options = options("output=/out", "data.kind=mnist", "data.download=true");
    assertThat(options.raw()).isEqualTo(new Path("/out/datasets/mnist-raw"));
  }

  /** Some bounds stand in both modules. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "data.image-size=4",
        "data.image-size=1024",
        "data.skip-bad=0",
        "data.skip-bad=1",
        "data.shapes={train = 100, test = 10}",
        "data.shards={train = 1, validation = 1, test = 1}",
        "data.validation-fraction=1e-9",
        "data.test-fraction=0.999999",
      })
  void whatTheConfigurationAllowsCanBePrepared(String set) {
    assertThatCode(() -> options(set)).doesNotThrowAnyException();
  }

  @Test
  void whatCannotBePreparedIsRefusedWithTheConfiguration() {
    assertRefused("data.kind=cifar-10");
    assertRefused("data.kind=image-folder", "data.path=/raw", "data.download=true");
    assertRefused("data.download=true");
    assertRefused("data.image-size=1025");
    assertRefused("data.skip-bad=1.01");
  }

  private void assertRefused(String... sets) {
    assertThatThrownBy(() -> options(sets))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Invalid data.");
  }

  private PrepareOptions options(String... sets) throws IOException {
    java.nio.file.Path conf = directory.resolve("test.conf");
    Files.writeString(conf, "");
    return Datasets.options(Settings.load(conf, List.of(sets)));
  }
}
