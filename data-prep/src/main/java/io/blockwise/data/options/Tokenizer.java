package io.blockwise.data.options;

import io.blockwise.base.Names;

/** How a text falls into tokens ({@code data.text.tokenizer}). */
public enum Tokenizer {
  /**
   * Words by Unicode's rules of segmentation (UAX 29): punctuation goes, but for what is within a
   * word, as in {@code don't} and {@code 3.5}; of Chinese and Japanese each ideograph is a token.
   */
  STANDARD,
  /** Whatever stands between white space, punctuation included. */
  WHITESPACE,
  /** Every character (code point) but white space. */
  CHARACTERS;

  /** The name in configurations and manifests. */
  @Override
  public String toString() {
    return Names.of(this);
  }
}
