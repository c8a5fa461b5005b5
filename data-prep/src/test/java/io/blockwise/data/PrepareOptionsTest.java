package io.blockwise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.InvalidValueException;
import io.blockwise.base.UserException;
import io.blockwise.data.options.DataKind;
import io.blockwise.data.options.LabelNoise;
import io.blockwise.data.options.MaxLength;
import io.blockwise.data.options.ShapesOptions;
import io.blockwise.data.options.ShardCounts;
import io.blockwise.data.options.SideOptions;
import io.blockwise.data.options.TextOptions;
import io.blockwise.data.options.Tokenizer;
import io.blockwise.data.options.WeightColumn;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrepareOptionsTest {
  @Test
  void fractionThatLeavesNothingIsRefused() {
    assertRefused(
        () -> options(DataKind.CIFAR_10, 1.0, 32, false),
        "Invalid data.validation-fraction: 1.0 (must be above 0 and below 1)");
  }

  @Test
  void imageSizeOutOfRangeIsRefused() {
    assertRefused(
        () -> options(DataKind.IMAGE_FOLDER, 0.1, 2, false),
        "Invalid data.image-size: 2 (must be from 4 to 1024)");
  }

  @Test
  void tinyImageNetIsKeptOrHalved() {
    assertThat(options(DataKind.TINY_IMAGENET, 0.1, 64, true).imageSize()).isEqualTo(64);
    assertRefused(
        () -> options(DataKind.TINY_IMAGENET, 0.1, 48, true),
        "Invalid data.image-size: 48 (must be 32 or 64 for tiny-imagenet)");
  }

  @Test
  void downloadOfWhatIsNotPublishedIsRefused() {
    assertRefused(
        () -> options(DataKind.IMAGE_FOLDER, 0.1, 32, true),
        "Invalid data.download: true (must be false for image-folder: it is not published)");
  }

  @Test
  void shardCountBelowOneIsRefused() {
    assertRefused(
        () -> new ShardCounts(1, 0, 1), "Invalid data.shards.validation: 0 (must be at least 1)");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.01, Double.NaN})
  void rateOfNoiseThatIsNoShareIsRefused(double rate) {
    assertRefused(
        () -> new LabelNoise(rate, LabelNoise.Kind.SYMMETRIC_EXCL),
        "Invalid data.label-noise.rate: " + rate + " (must be from 0 to 1)");
  }

  @Test
  void kindWithoutPathIsRefused() {
    assertRefused(
        () ->
            new PrepareOptions(
                DataKind.MNIST,
                Optional.empty(),
                new Path("out"),
                1,
                0.1,
                0.1,
                Preparing.SHARDS,
                32,
                0,
                LabelNoise.NONE,
                false,
                new ShapesOptions(100, 10),
                Preparing.TEXT,
                Preparing.TABLE,
                SideOptions.NONE,
                WeightColumn.NONE,
                Optional.empty()),
        "Invalid data.path: not set (must name the folder of the raw data for mnist)");
  }

  @Test
  void onlyWhatHasAPublishedChecksumCanBeDownloaded() {
    assertThat(DataKind.values())
        .filteredOn(DataKind::isPublished)
        .extracting(DataKind::toString)
        .containsExactly(
            "cifar-10",
            "cifar-100",
            "mnist",
            "fashion-mnist",
            "tiny-imagenet",
            "ag-news",
            "imdb",
            "sst2");
  }

  @Test
  void unknownKindIsRefusedWithTheKnownOnes() {
    assertRefused(
        () -> DataKind.parse("cifar"),
        "Invalid data.kind: cifar (must be shapes, cifar-10, cifar-100, mnist, fashion-mnist,"
            + " tiny-imagenet, image-folder, ag-news, dbpedia, yelp, imdb, sst2, text or table)");
    assertThat(DataKind.parse("fashion-mnist")).isEqualTo(DataKind.FASHION_MNIST);
  }

  @Test
  void textOptionsOutsideTheirBoundsAreRefused() {
    assertRefused(
        () -> text(2, 1, "auto", "text"),
        "Invalid data.text.vocabulary-size: 2 (must be from 3 to 2000000)");
    assertRefused(
        () -> text(3, 0, "auto", "text"), "Invalid data.text.min-count: 0 (must be at least 1)");
    for (String length : new String[] {"0", "-1", "100001", "long", "1.5", ""}) {
      assertRefused(
          () -> text(3, 1, length, "text"),
          "Invalid data.text.max-length: " + length + " (must be auto or from 1 to 100000)");
    }
    assertRefused(
        () -> text(3, 1, "1", "label"),
        "Invalid data.text.text-column: label (must name a column other than that of the labels)");
    assertThat(text(3, 1, "1", "text").maxLength()).hasToString("1");
    assertThat(text(3, 1, "auto", "text").maxLength()).hasToString("auto");
  }

  private static TextOptions text(int size, int minCount, String maxLength, String textColumn) {
    return new TextOptions(
        Tokenizer.CHARACTERS,
        true,
        true,
        false,
        size,
        minCount,
        MaxLength.parse(maxLength),
        Optional.empty(),
        "label",
        textColumn);
  }

  private static PrepareOptions options(
      DataKind kind, double validation, int size, boolean download) {
    return new PrepareOptions(
        kind,
        Optional.of(new Path("raw")),
        new Path("out"),
        1,
        validation,
        0.1,
        Preparing.SHARDS,
        size,
        0,
        LabelNoise.NONE,
        download,
        new ShapesOptions(100, 10),
        Preparing.TEXT,
        Preparing.TABLE,
        SideOptions.NONE,
        WeightColumn.NONE,
        Optional.empty());
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfAny(UserException.class, InvalidValueException.class)
        .hasMessage(message);
  }
}
