package io.blockwise.model.averaging;

import static io.blockwise.model.averaging.ManyWorkers.BEST_RATE;
import static io.blockwise.model.averaging.ManyWorkers.CAREFUL_RATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.averaging.Clusters.Batch;
import io.blockwise.model.averaging.ManyWorkers.Rule;
import io.blockwise.model.averaging.ManyWorkers.Setting;
import io.blockwise.model.engine.StateKind;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How many workers learn beside one, all together in as many steps; percents of three seeds. */
class ManyWorkersTest {
  private static final Setting ONE = new Setting(1, false, 2, CAREFUL_RATE);
  private static final Setting EIGHT = new Setting(8, false, 2, CAREFUL_RATE);
  private static final Setting EIGHT_APART = new Setting(8, true, 24, CAREFUL_RATE);

  @Test
  void gainAndRateGiveBackMostOfWhatEightWorkersLose() throws InterruptedException {
    double one = percent(Rule.AVERAGE, ONE);
    double plain = percent(Rule.AVERAGE, EIGHT);
    double gain = percent(Rule.GAIN, EIGHT);
    double both = percent(Rule.GAIN_AND_RATE, EIGHT);
    assertThat(plain).as("as it stands").isBetween(one - 20, one - 7);
    assertThat(gain).as("gain alone").isGreaterThan(plain + 3);
    assertThat(both).as("with the rate").isGreaterThan(gain + 2).isGreaterThan(one - 4);
  }

  @Test
  void theyDoSoWithSlowWorkersAndLateReplies() throws InterruptedException {
    double plain = percent(Rule.AVERAGE, EIGHT_APART);
    assertThat(percent(Rule.GAIN_AND_RATE, EIGHT_APART)).isGreaterThan(plain + 4);
  }

  /** One worker's best rate times sqrt(L) is too much, and the gain is enough. */
  @Test
  void atTheBestRateOfOneWorkerTheGainAloneIsBest() throws InterruptedException {
    Setting eight = new Setting(8, false, 2, BEST_RATE);
    double gain = percent(Rule.GAIN, eight);
    assertThat(gain).isGreaterThan(percent(Rule.AVERAGE, eight) + 1);
    assertThat(gain).isGreaterThan(percent(Rule.GAIN_AND_RATE, eight));
    assertThat(gain).isGreaterThan(percent(Rule.AVERAGE, new Setting(1, false, 2, BEST_RATE)) - 4);
  }

  @Test
  void waitingForEachOtherGivesNothingBack() throws InterruptedException {
    double plain = percent(Rule.AVERAGE, EIGHT);
    assertThat(percent(Rule.LOCK_STEP, EIGHT)).isCloseTo(plain, within(2.0));
  }

  @Test
  void oneWorkerLearnsTheSameUnderEveryRule() throws InterruptedException {
    double one = ManyWorkers.accuracy(Rule.AVERAGE, ONE, 1);
    for (Rule rule : Rule.values()) {
      assertThat(ManyWorkers.accuracy(rule, ONE, 1)).as("%s", rule).isEqualTo(one);
    }
  }

  @Test
  void aStepOfThePerceptronIsItsLossesGradient() {
    Random random = new Random(1); // no row of it is so near the kink of a ReLU as to cross it
    PerceptronBlock block = new PerceptronBlock().drawn(random);
    Batch batch = new Clusters(random).draw(random, 16);
    PerceptronBlock stepped = new PerceptronBlock();
    stepped.adopt(StateKind.PARAMETERS, block.parameters);
    stepped.step(batch, 1);
    for (int i = 0; i < block.parameters.length; i++) {
      float here = block.parameters[i];
      block.parameters[i] = here + 1e-3f;
      double above = block.loss(batch);
      block.parameters[i] = here - 1e-3f;
      double slope = (above - block.loss(batch)) / 2e-3;
      block.parameters[i] = here;
      assertThat((double) here - stepped.parameters[i]).as("%d", i).isCloseTo(slope, within(1e-3));
    }
  }

  private static double percent(Rule rule, Setting setting) throws InterruptedException {
    double sum = 0;
    for (int seed = 1; seed <= 3; seed++) {
      sum += ManyWorkers.accuracy(rule, setting, seed);
    }
    return 100 * sum / 3;
  }
}
