package io.blockwise.data.text;

import io.blockwise.data.options.Cleaning;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.text.Normalizer;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.StopFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.charfilter.HTMLStripCharFilter;
import org.apache.lucene.analysis.core.UnicodeWhitespaceTokenizer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.ngram.NGramTokenizer;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/**
 * Cleans texts and cuts them into tokens, with Lucene's analysers. What is longer than 255
 * characters without a border becomes several tokens; no token holds white space. Thread-safe.
 */
public final class TextAnalysis {
  private static final String FIELD = "text";

  /** From here on letters may be combined; those before are composed already (Unicode, NFC). */
  private static final char FIRST_COMBINING = '\u0300';

  private final Analyzer analyzer;

  /** For texts that cannot hold a tag or an entity. */
  private final Analyzer untagged;

  public TextAnalysis(Cleaning cleaning) {
    analyzer = new Cleaner(cleaning, cleaning.stripTags());
    untagged = new Cleaner(cleaning, false);
  }

  /** The tokens of a text in their order, as {@link TokenBytes} goes through them. */
  public byte[] tokens(String text) {
    String composed =
        text.chars().allMatch(letter -> letter < FIRST_COMBINING)
            ? text
            : Normalizer.normalize(text, Normalizer.Form.NFC);
    boolean tagged = composed.indexOf('<') >= 0 || composed.indexOf('&') >= 0;
    TokenBytes tokens = new TokenBytes(text.length() + 1);
    try (TokenStream stream = (tagged ? analyzer : untagged).tokenStream(FIELD, composed)) {
      CharTermAttribute token = stream.getAttribute(CharTermAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        tokens.add(token);
      }
      stream.end();
      return tokens.toArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a text in memory has none
    }
  }

  /** Lucene's chain: characters, tokenizer, tokens. Thread-safe. */
  private static final class Cleaner extends Analyzer {
    private final Cleaning cleaning;
    private final boolean strips;

    Cleaner(Cleaning cleaning, boolean strips) {
      this.cleaning = cleaning;
      this.strips = strips;
    }

    @Override
    protected Reader initReader(String field, Reader text) {
      return strips ? new HTMLStripCharFilter(text) : text;
    }

    @Override
    protected TokenStreamComponents createComponents(String field) {
      Tokenizer tokenizer =
          switch (cleaning.tokenizer()) {
            case STANDARD -> new StandardTokenizer();
            case WHITESPACE -> new UnicodeWhitespaceTokenizer();
            case CHARACTERS -> new Characters();
          };
      TokenStream tokens = cleaning.lowerCase() ? new LowerCaseFilter(tokenizer) : tokenizer;
      return new TokenStreamComponents(
          tokenizer,
          cleaning.dropStopWords()
              ? new StopFilter(tokens, EnglishAnalyzer.ENGLISH_STOP_WORDS_SET)
              : tokens);
    }
  }

  private static final class Characters extends NGramTokenizer {
    Characters() {
      super(1, 1);
    }

    @Override
    protected boolean isTokenChar(int character) {
      return !Character.isWhitespace(character) && !Character.isSpaceChar(character);
    }
  }
}
