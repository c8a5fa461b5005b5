package io.blockwise.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RandomSeedTest {
  @Test
  void sameSeedRepeatsEveryStreamAndStreamsDiffer() {
    RandomSeed one = new RandomSeed(7);
    RandomSeed same = new RandomSeed(7);
    RandomSeed next = new RandomSeed(8);
    for (long stream = 0; stream < 3; stream++) {
      assertThat(same.random(stream).nextLong()).isEqualTo(one.random(stream).nextLong());
    }
    assertThat(one.random().nextLong()).isEqualTo(one.random(0).nextLong());
    assertThat(LongStream.range(0, 1000).map(one::of).distinct().count()).isEqualTo(1000);
    // neighbouring seeds do not share streams that are a step apart
    assertThat(LongStream.range(0, 1000).map(one::of))
        .doesNotContainAnyElementsOf(LongStream.range(0, 1000).map(next::of).boxed().toList());
  }

  @Test
  void propertyChoosesTheSeedAndHasToBeANumber() {
    assertThat(RandomSeed.chosen(null, 5)).isEqualTo(5);
    assertThat(RandomSeed.chosen("", 5)).isEqualTo(5);
    assertThat(RandomSeed.chosen("-12", 5)).isEqualTo(-12);
    assertThatThrownBy(() -> RandomSeed.chosen("1.5", 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid tests.seed: 1.5 (must be a whole number)");
  }

  @Test
  void whatAFailurePrintsRepeatsIt() {
    assertThat(new RandomSeed(42).toRepeat("CodecTest"))
        .isEqualTo("Random numbers of CodecTest: repeat them with -Dtests.seed=42");
  }

  @Test
  void allTestsOfARunHaveOneSeed() {
    assertThat(new RandomSeed().of(3)).isEqualTo(new RandomSeed().of(3));
  }
}
