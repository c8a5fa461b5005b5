package io.blockwise.data.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.data.options.Cleaning;
import io.blockwise.data.options.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextAnalysisTest {
  private static final Cleaning WORDS = new Cleaning(Tokenizer.STANDARD, true, true, false);
  private static final Cleaning BLANKS = new Cleaning(Tokenizer.WHITESPACE, false, false, false);
  private static final Cleaning LETTERS = new Cleaning(Tokenizer.CHARACTERS, false, false, false);

  @Test
  void punctuationGoesButNotWithinWords() {
    assertThat(tokens(WORDS, "Don't panic: it's 3.5 well-known (U.S.) \"facts\"!"))
        .containsExactly("don't", "panic", "it's", "3.5", "well", "known", "u.s", "facts");
  }

  @Test
  void tagsBecomeBordersAndEntitiesCharacters() {
    assertThat(tokens(WORDS, "great<br /><br />film &amp; <i>cast</i>, caf&eacute;, 1 < 2 <3"))
        .containsExactly("great", "film", "cast", "café", "1", "2", "3");
    Cleaning kept = new Cleaning(Tokenizer.STANDARD, false, true, false);
    assertThat(tokens(kept, "a<br />b")).containsExactly("a", "br", "b");
  }

  @Test
  void otherScriptsAndAccentsSurvive() {
    assertThat(tokens(WORDS, "我爱北京")).containsExactly("我", "爱", "北", "京");
    assertThat(tokens(WORDS, "Ärger in São Paulo, ΟΔΥΣΣΕΥΣ und Привет"))
        .containsExactly("ärger", "in", "são", "paulo", "οδυσσευσ", "und", "привет");
    assertThat(tokens(WORDS, "한국어 नमस्ते")).containsExactly("한국어", "नमस्ते");
  }

  @Test
  void accentIsTheSameHoweverItWasTyped() {
    for (Cleaning cleaning : List.of(WORDS, BLANKS, LETTERS)) {
      assertThat(tokens(cleaning, "e\u0301")).containsExactly("\u00e9");
    }
  }

  @Test
  void whitespaceAloneSeparatesIfAskedTo() {
    assertThat(tokens(BLANKS, "Do n't,\u00a0<b>\tstop\u3000我爱\n!"))
        .containsExactly("Do", "n't,", "<b>", "stop", "我爱", "!");
  }

  @Test
  void charactersAreCodePointsWithoutWhiteSpace() {
    assertThat(tokens(LETTERS, "aB \u00a0\u3000\n😀!")).containsExactly("a", "B", "😀", "!");
  }

  @Test
  void commonestWordsGoIfAskedTo() {
    Cleaning without = new Cleaning(Tokenizer.STANDARD, true, true, true);
    assertThat(tokens(without, "The cat is not in the hat")).containsExactly("cat", "hat");
    assertThat(tokens(WORDS, "The cat")).containsExactly("the", "cat");
  }

  @Test
  void textWithoutTokensHasNone() {
    for (Cleaning cleaning : List.of(WORDS, BLANKS, LETTERS)) {
      assertThat(tokens(cleaning, "")).isEmpty();
      assertThat(tokens(cleaning, " \n\t")).isEmpty();
    }
    assertThat(tokens(WORDS, "... !? <br />")).isEmpty();
  }

  @Test
  void longTextIsReadAsFarAsWanted() {
    List<String> first = new ArrayList<>();
    String text = "word ".repeat(100_000);
    new TextAnalysis(WORDS).tokens(text, token -> first.add(token) && first.size() < 3);
    assertThat(first).containsExactly("word", "word", "word");
    assertThat(tokens(WORDS, text)).hasSize(100_000);
  }

  @Test
  void whatHasNoBorderForLongIsCut() {
    assertThat(tokens(WORDS, "x".repeat(600)))
        .extracting(String::length)
        .containsExactly(255, 255, 90);
  }

  private static List<String> tokens(Cleaning cleaning, String text) {
    List<String> tokens = new ArrayList<>();
    new TextAnalysis(cleaning).tokens(text, tokens::add);
    return tokens;
  }
}
