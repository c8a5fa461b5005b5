package io.blockwise.job.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.data.dataset.FieldKind;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.NumbersKind;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.dataset.SplitContent;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.dataset.WordVectors;
import io.blockwise.data.options.Cleaning;
import io.blockwise.data.options.Tokenizer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DatasetTextTest {
  @Test
  void everyClassHasALineWithItsRowsInEverySplit() {
    Map<Split, SplitContent> splits =
        Map.of(
            Split.TRAIN, content(Split.TRAIN, List.of(80L, 1200L)),
            Split.VALIDATION, content(Split.VALIDATION, List.of(8L, 120L)),
            Split.TEST, content(Split.TEST, List.of(0L, 9L)));
    assertThat(new DatasetText(manifest(List.of("cat", "sea lion"), splits, 3, 320)).lines())
        .containsExactly(
            "                 train  validation        test",
            "  cat               80           8           0",
            "  sea lion        1200         120           9",
            "  rows            1280         128           9",
            "  shards             1           1           1",
            "  without 3 images that could not be read",
            "  with other labels than the raw data's in 320 rows of train, 25.00 %");
  }

  @Test
  void ofTextsTheVocabularyAndTheGreatestLengthAreShown() {
    Cleaning cleaning = new Cleaning(Tokenizer.STANDARD, true, true, false);
    Map<Split, SplitContent> splits = Map.of(Split.TRAIN, content(Split.TRAIN, List.of(1L)));
    Manifest texts =
        manifest(List.of("only"), splits, 0, 0, RowSchema.of(new TokensKind(cleaning, 5000, 57)));
    assertThat(new DatasetText(texts).lines())
        .endsWith("  with a vocabulary of 5000 ids, and at most 57 tokens in a text");
  }

  @Test
  void ofTablesTheColumnsAreShown() {
    Map<Split, SplitContent> splits = Map.of(Split.TRAIN, content(Split.TRAIN, List.of(1L)));
    List<Double> two = List.of(1.0, 1.0);
    NumbersKind numbers = new NumbersKind(List.of("price", "year"), two, two, true);
    assertThat(
            new DatasetText(manifest(List.of("only"), splits, 0, 0, RowSchema.of(numbers))).lines())
        .endsWith("  with numbers of columns price, year, missing ones as the mean");
  }

  @Test
  void sideFieldsAreShownWithWhatTheyHold() {
    Cleaning cleaning = new Cleaning(Tokenizer.STANDARD, true, true, false);
    Map<Split, SplitContent> splits = Map.of(Split.TRAIN, content(Split.TRAIN, List.of(1L)));
    List<Double> two = List.of(1.0, 1.0);
    Map<String, FieldKind> sides = new LinkedHashMap<>();
    sides.put("title", new TokensKind(cleaning, 900, 7));
    sides.put("numbers", new NumbersKind(List.of("price", "year"), two, two));
    sides.put("images", new ImageKind(new ImageShape(1, 2, 2), true, List.of(0.5), List.of(0.5)));
    RowSchema schema = RowSchema.of(new TokensKind(cleaning, 5000, 57)).with(sides);
    Manifest texts = manifest(List.of("only"), splits, 0, 0, schema);
    assertThat(new DatasetText(texts).lines())
        .endsWith(
            "  with a vocabulary of 5000 ids, and at most 57 tokens in a text",
            "  with side field title, a text of at most 7 tokens of 900 ids",
            "  with side field numbers, numbers of columns price, year",
            "  with side field images, an image of 1 channel");
  }

  @Test
  void ofWordVectorsTheCoverageOfWordsAndOfTokensIsShown() {
    Cleaning cleaning = new Cleaning(Tokenizer.STANDARD, true, true, false);
    Map<Split, SplitContent> splits = Map.of(Split.TRAIN, content(Split.TRAIN, List.of(1L)));
    TokensKind kind = new TokensKind(cleaning, 5002, 57, new WordVectors(50, 2000, 80_000, 75_000));
    Manifest texts = manifest(List.of("only"), splits, 0, 0, RowSchema.of(kind));
    assertThat(new DatasetText(texts).lines())
        .endsWith(
            "  with a vocabulary of 5002 ids, and at most 57 tokens in a text",
            "  with vectors of 50 numbers for 2000 of 5000 words, 40.00 %, and 93.75 % of train's"
                + " tokens");
  }

  @Test
  void ofManyClassesTheFirstAreShown() {
    List<String> classes = IntStream.range(0, 1000).mapToObj(i -> "class" + i).toList();
    List<Long> rows = Collections.nCopies(1000, 2L);
    Map<Split, SplitContent> splits = Map.of(Split.TRAIN, content(Split.TRAIN, rows));
    assertThat(new DatasetText(manifest(classes, splits, 0, 0)).lines())
        .hasSize(1 + 200 + 1 + 2)
        .contains("  class199           2", "  ... and 800 classes more", "  rows            2000");
  }

  private static SplitContent content(Split split, List<Long> rows) {
    int sum = rows.stream().mapToInt(Long::intValue).sum();
    return new SplitContent(
        sum, rows, List.of(new Shard(Shard.fileName(split, 0), 0, sum, 1, "00")));
  }

  private static Manifest manifest(
      List<String> classes, Map<Split, SplitContent> splits, long skipped, long relabelled) {
    ImageKind images = new ImageKind(new ImageShape(1, 2, 2), true, List.of(0.5), List.of(0.5));
    return manifest(classes, splits, skipped, relabelled, RowSchema.of(images));
  }

  private static Manifest manifest(
      List<String> classes,
      Map<Split, SplitContent> splits,
      long skipped,
      long relabelled,
      RowSchema schema) {
    return new Manifest(
        Manifest.version(schema.fields(), 0, List.of()),
        "image-folder",
        classes,
        schema.fields(),
        1,
        Map.of(),
        List.of(),
        splits,
        skipped,
        relabelled,
        0,
        List.of(),
        List.of());
  }
}
