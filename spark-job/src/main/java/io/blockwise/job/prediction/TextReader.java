package io.blockwise.job.prediction;

import io.blockwise.data.dataset.FieldValues;
import io.blockwise.data.dataset.TokenValues;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.text.TextEncoder;
import io.blockwise.data.text.Vocabulary;
import java.util.List;

/** Texts: cleaned, cut off, and looked up in the vocabulary of the artifact. */
final class TextReader implements FieldReader<String, int[]> {
  private final TokensKind kind;
  private final TextEncoder encoder;

  /**
   * @param words of every id
   */
  TextReader(TokensKind kind, List<String> words) {
    this.kind = kind;
    encoder =
        new TextEncoder(kind, new Vocabulary(words.subList(TokensKind.UNKNOWN + 1, words.size())));
  }

  @Override
  public int[] read(String text) {
    return encoder.ids(text);
  }

  @Override
  public int[] of(FieldValues values, int row) {
    return ((TokenValues) values).tokens(row);
  }

  @Override
  public int length(int[] ids) {
    return ids.length;
  }

  @Override
  public FieldValues values(List<int[]> texts) {
    return kind.values(texts);
  }
}
