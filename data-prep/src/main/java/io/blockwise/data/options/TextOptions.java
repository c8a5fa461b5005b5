package io.blockwise.data.options;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requireWithin;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How texts become rows. Immutable.
 *
 * @param tokenizer cuts a text into tokens ({@code data.text.tokenizer})
 * @param stripTags whether tags of HTML go before ({@code data.text.strip-tags})
 * @param lowerCase whether letters become small ({@code data.text.lower-case})
 * @param dropStopWords whether the commonest English words go ({@code data.text.drop-stop-words})
 * @param vocabularySize ids at most, those for padding and unknown tokens included ({@code
 *     data.text.vocabulary-size}), 3 to 2000000
 * @param minCount how often a token occurs in train at least to get an id ({@code
 *     data.text.min-count}), 1 or more
 * @param maxLength most tokens of a text ({@code data.text.max-length})
 * @param glove file of word vectors in GloVe's text format ({@code data.text.glove}); empty: none
 * @param labelColumn of kind {@code text}: name of the column with the label, or its number from 1
 *     in files without a line of names ({@code data.text.label-column})
 * @param textColumn likewise the text ({@code data.text.text-column})
 */
public record TextOptions(
    Tokenizer tokenizer,
    boolean stripTags,
    boolean lowerCase,
    boolean dropStopWords,
    int vocabularySize,
    int minCount,
    MaxLength maxLength,
    Optional<String> glove,
    String labelColumn,
    String textColumn) {
  private static final int LEAST_VOCABULARY = 3;
  private static final int MOST_VOCABULARY = 2_000_000;

  public TextOptions {
    requireWithin("data.text.vocabulary-size", vocabularySize, LEAST_VOCABULARY, MOST_VOCABULARY);
    requireAtLeast("data.text.min-count", minCount, 1);
    if (labelColumn.isBlank()) {
      throw invalid("data.text.label-column", "\"\"", "must name a column");
    }
    if (textColumn.isBlank() || textColumn.equals(labelColumn)) {
      throw invalid(
          "data.text.text-column",
          textColumn.isBlank() ? "\"\"" : textColumn,
          "must name a column other than that of the labels");
    }
  }

  /** What becomes of a text before its tokens are looked up. */
  public Cleaning cleaning() {
    return new Cleaning(tokenizer, stripTags, lowerCase, dropStopWords);
  }

  /** Keys and values that decide what the rows of any text hold. */
  public SortedMap<String, String> content() {
    SortedMap<String, String> content = new TreeMap<>();
    content.put("data.text.tokenizer", tokenizer.toString());
    content.put("data.text.strip-tags", Boolean.toString(stripTags));
    content.put("data.text.lower-case", Boolean.toString(lowerCase));
    content.put("data.text.drop-stop-words", Boolean.toString(dropStopWords));
    content.put("data.text.vocabulary-size", Integer.toString(vocabularySize));
    content.put("data.text.min-count", Integer.toString(minCount));
    content.put("data.text.max-length", maxLength.toString());
    // a name alone: where it lies decides nothing, and what it holds has a checksum
    glove.ifPresent(
        file -> content.put("data.text.glove", file.substring(file.lastIndexOf('/') + 1)));
    return content;
  }
}
