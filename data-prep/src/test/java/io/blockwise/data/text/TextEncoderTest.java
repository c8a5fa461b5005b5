package io.blockwise.data.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.options.Cleaning;
import io.blockwise.data.options.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextEncoderTest {
  private static final Vocabulary WORDS = new Vocabulary(List.of("the", "café", "我"));

  @Test
  void idIsTheLineOfTheFile() {
    String[] lines = new String(WORDS.bytes(), StandardCharsets.UTF_8).split("\n", -1);
    assertThat(lines).containsExactly("<pad>", "<unk>", "the", "café", "我", "");
    for (int id = 2; id < WORDS.size(); id++) {
      assertThat(WORDS.id(lines[id])).isEqualTo(id);
    }
    assertThat(WORDS.id("dog")).isEqualTo(TokensKind.UNKNOWN);
  }

  @Test
  void wordThatLooksReservedIsAWord() {
    Vocabulary odd = new Vocabulary(List.of("a", "<pad>", "<unk>"));
    assertThat(odd.id("<pad>")).isEqualTo(3);
    assertThat(odd.id("<unk>")).isEqualTo(4);
    assertThat(odd.size()).isEqualTo(5);
  }

  @Test
  void textIsCutOffAtTheGreatestLength() {
    assertThat(encoder(3).ids("The dog, the café, 我!")).containsExactly(2, 1, 2);
    assertThat(encoder(9).ids("The dog, the café, 我!")).containsExactly(2, 1, 2, 3, 4);
    assertThat(encoder(1).ids("the the")).containsExactly(2);
    assertThat(encoder(90_000).ids("the ".repeat(100_000))).hasSize(90_000).containsOnly(2);
  }

  @Test
  void textWithoutTokensIsOneUnknownToken() {
    assertThat(encoder(3).ids("")).containsExactly(TokensKind.UNKNOWN);
    assertThat(encoder(3).ids(" ... <br/>")).containsExactly(TokensKind.UNKNOWN);
  }

  private static TextEncoder encoder(int maxLength) {
    Cleaning cleaning = new Cleaning(Tokenizer.STANDARD, true, true, false);
    return new TextEncoder(new TokensKind(cleaning, WORDS.size(), maxLength), WORDS);
  }
}
