package io.blockwise.job.input;

import io.blockwise.base.Printable;
import io.blockwise.data.dataset.FieldKind;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.NumbersKind;
import io.blockwise.data.dataset.SplitContent;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.dataset.WordVectors;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What a data set holds, as the command {@code prepare} shows it. Immutable. */
record DatasetText(Manifest manifest) {
  private static final int MOST_CLASSES = 200;
  private static final String SHARDS = "shards";
  private static final String ROWS = "rows";

  /** A line for the names of the splits, for each class, for all rows and for the shards. */
  List<String> lines() {
    int width =
        Stream.concat(Stream.of(SHARDS), manifest.classes().stream())
            .mapToInt(String::length)
            .max()
            .orElse(0);
    List<String> lines = new ArrayList<>();
    lines.add(line(width, "", manifest.splits().keySet()));
    IntStream.range(0, Math.min(MOST_CLASSES, manifest.classes().size()))
        .forEach(label -> lines.add(ofClass(width, label)));
    if (manifest.classes().size() > MOST_CLASSES) {
      lines.add("  ... and " + (manifest.classes().size() - MOST_CLASSES) + " classes more");
    }
    lines.add(line(width, ROWS, contents().map(SplitContent::rows).toList()));
    lines.add(line(width, SHARDS, contents().map(content -> content.shards().size()).toList()));
    if (manifest.schema().main().kind() instanceof TokensKind texts) {
      lines.addAll(ofTexts(texts));
    } else if (manifest.schema().main().kind() instanceof NumbersKind numbers) {
      lines.add("  with " + ofNumbers(numbers));
    }
    manifest.schema().sides().forEach((name, kind) -> lines.add(ofSide(name, kind)));
    if (manifest.schema().hasWeights()) {
      lines.add("  with a weight of each row");
    }
    if (manifest.skipped() > 0) {
      lines.add("  without " + manifest.skipped() + " images that could not be read");
    }
    if (manifest.relabelled() > 0) {
      lines.add(
          String.format(
              Locale.ROOT,
              "  with other labels than the raw data's in %d rows of train, %.2f %%",
              manifest.relabelled(),
              100 * manifest.flipRate()));
    }
    return lines;
  }

  private static String ofSide(String name, FieldKind kind) {
    String content;
    if (kind instanceof TokensKind texts) {
      content =
          "a text of at most %d tokens of %d ids"
              .formatted(texts.maxLength(), texts.vocabularySize());
    } else if (kind instanceof NumbersKind numbers) {
      content = ofNumbers(numbers);
    } else {
      int channels = ((ImageKind) kind).shape().channels();
      content = "an image of " + channels + (channels == 1 ? " channel" : " channels");
    }
    return "  with side field " + name + ", " + content;
  }

  private static String ofNumbers(NumbersKind numbers) {
    return "numbers of columns "
        + Printable.of(String.join(", ", numbers.columns()))
        + (numbers.missingAsMean() ? ", missing ones as the mean" : "");
  }

  private static List<String> ofTexts(TokensKind texts) {
    String vocabulary =
        "  with a vocabulary of %d ids, and at most %d tokens in a text"
            .formatted(texts.vocabularySize(), texts.maxLength());
    WordVectors vectors = texts.vectors();
    if (vectors.dimension() == 0) {
      return List.of(vocabulary);
    }
    int words = texts.vocabularySize() - TokensKind.UNKNOWN - 1;
    return List.of(
        vocabulary,
        String.format(
            Locale.ROOT,
            "  with vectors of %d numbers for %d of %d words, %.2f %%, and %.2f %% of train's tokens",
            vectors.dimension(),
            vectors.words(),
            words,
            100.0 * vectors.words() / words,
            100 * vectors.tokenCoverage()));
  }

  private String ofClass(int width, int label) {
    List<Long> rows = contents().map(content -> content.rowsPerClass().get(label)).toList();
    return line(width, manifest.classes().get(label), rows);
  }

  private Stream<SplitContent> contents() {
    return manifest.splits().values().stream();
  }

  private static String line(int width, String name, Collection<?> values) {
    String row = values.stream().map("%12s"::formatted).collect(Collectors.joining());
    return "  " + name + " ".repeat(width - name.length()) + row;
  }
}
