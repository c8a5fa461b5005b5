package io.blockwise.data.text;

import io.blockwise.data.options.Cleaning;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.text.Normalizer;
import java.util.function.Predicate;
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

  private final Analyzer analyzer;

  public TextAnalysis(Cleaning cleaning) {
    this.analyzer = new Cleaner(cleaning);
  }

  /**
   * Goes through the tokens of a text in their order.
   *
   * @param each returns whether to go on
   */
  public void tokens(String text, Predicate<String> each) {
    String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
    try (TokenStream stream = analyzer.tokenStream(FIELD, composed)) {
      CharTermAttribute token = stream.getAttribute(CharTermAttribute.class);
      stream.reset();
      boolean goOn = true;
      while (goOn && stream.incrementToken()) {
        goOn = each.test(token.toString());
      }
      stream.end();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a text in memory has none
    }
  }

  /** Lucene's chain: characters, tokenizer, tokens. Thread-safe. */
  private static final class Cleaner extends Analyzer {
    private final Cleaning cleaning;

    Cleaner(Cleaning cleaning) {
      this.cleaning = cleaning;
    }

    @Override
    protected Reader initReader(String field, Reader text) {
      return cleaning.stripTags() ? new HTMLStripCharFilter(text) : text;
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
