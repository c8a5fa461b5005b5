package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.base.InvalidValueException;
import io.blockwise.model.exits.ExitRule;
import io.blockwise.model.exits.Said;
import io.blockwise.model.exits.Temperatures;
import io.blockwise.model.network.AdaptiveWalk;
import io.blockwise.model.network.Answered;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.TextLayers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Rows that leave a network where a rule lets them, against all exits of all rows; a subclass per
 * engine runs the whole suite.
 */
public abstract class AdaptiveContract {
  private static final int CLASSES = 3;
  private static final Temperatures TEMPERATURES = new Temperatures(List.of(0.8, 1.25, 0.9));
  private static final float APART = 1e-5f;

  /** Nearer to a threshold than this, rounding decides. */
  private static final double AT_THRESHOLD = 1e-4;

  protected abstract Engine engine();

  /** A network of three blocks and batches for it. */
  private record Case(NetworkSpec network, List<Batch> batches) {}

  private static List<Case> cases() {
    List<Batch> images =
        IntStream.of(7, 4, 5, 1).mapToObj(rows -> SmallBlocks.batch(rows, rows)).toList();
    List<Batch> texts =
        List.of(
            SmallTexts.batch(7, 1),
            SmallTexts.batch(new int[][] {{1, 2}, {3}}),
            SmallTexts.batch(5, 2),
            SmallTexts.batch(3, 4));
    return List.of(
        new Case(ofImages(SmallBlocks.contrastive(4)), images),
        new Case(ofImages(SmallBlocks.associated(4)), images),
        new Case(ofTexts(List.of(new TextLayers.Lstm(2, true))), texts),
        new Case(ofTexts(SmallTexts.encoder(2, 0.1)), texts));
  }

  private static NetworkSpec ofImages(BlockSpec block) {
    return new NetworkSpec(SmallBlocks.INPUT, CLASSES, List.of(block, block, block));
  }

  private static NetworkSpec ofTexts(List<LayerSpec> layers) {
    BlockSpec first = block(List.of(SmallTexts.EMBEDDING));
    return new NetworkSpec(SmallTexts.INPUT, CLASSES, List.of(first, block(layers), block(layers)));
  }

  private static BlockSpec block(List<LayerSpec> layers) {
    return new BlockSpec(
        layers,
        new LossSpec.CrossEntropy(),
        new ExitSpec(Features.POOLED),
        SmallBlocks.contrastive(4).optimiser());
  }

  private static List<ExitRule> rules() {
    return List.of(
        new ExitRule.Shortcut(1),
        new ExitRule.Shortcut(2),
        new ExitRule.Shortcut(3),
        new ExitRule.Confidence(0.36),
        new ExitRule.Confidence(0.5),
        new ExitRule.Entropy(0.98),
        new ExitRule.Agreement(0.3, 1),
        new ExitRule.Patience(1),
        new ExitRule.Patience(2));
  }

  @Test
  void everyRowIsAnsweredOnceByTheBlockThatTheRuleLetsItLeaveAt() {
    for (Case one : cases()) {
      try (DecoupledNetwork network = new DecoupledNetwork(engine(), one.network(), 5)) {
        List<List<Said>> exits = exits(network, one.batches());
        for (ExitRule rule : rules()) {
          Map<Long, Answered> answers = walk(network, rule, 4, one.batches());
          assertAsExpected(rule.toString(), rule, exits, answers);
        }
      }
    }
  }

  @Test
  void blocksComputeOnlyRowsThatHaveNotLeft() {
    Case one = cases().get(0);
    try (DecoupledNetwork network = new DecoupledNetwork(engine(), one.network(), 5)) {
      ExitRule rule = new ExitRule.Confidence(median(exits(network, one.batches())));
      List<Answered> left = new ArrayList<>();
      List<Long> computed = computed(network, rule, one.batches(), left);
      for (int k = 1; k <= computed.size(); k++) {
        int block = k;
        long reached = left.stream().filter(answered -> answered.block() >= block).count();
        assertThat(computed.get(k - 1)).isEqualTo(reached);
      }
      assertThat(computed.get(0)).isEqualTo(17);
      assertThat(computed.get(2)).isBetween(1L, 16L);
      assertThat(computed(network, new ExitRule.Shortcut(2), one.batches(), left))
          .containsExactly(17L, 17L, 0L);
    }
  }

  /** The confidence that half of the rows reach before the last exit. */
  private static double median(List<List<Said>> exits) {
    double[] highest =
        exits.stream()
            .mapToDouble(said -> Math.max(said.get(0).confidence(), said.get(1).confidence()))
            .sorted()
            .toArray();
    return highest[highest.length / 2];
  }

  @Test
  void aShortcutBehindTheLastBlockIsRefused() {
    Case one = cases().get(0);
    try (DecoupledNetwork network = new DecoupledNetwork(engine(), one.network(), 5)) {
      assertThatThrownBy(() -> walk(network, new ExitRule.Shortcut(4), 4, one.batches()))
          .isInstanceOf(InvalidValueException.class)
          .hasMessage("Invalid block: 4 (must be from 1 to 3)");
    }
  }

  private static List<Long> computed(
      DecoupledNetwork network, ExitRule rule, List<Batch> batches, List<Answered> left) {
    left.clear();
    try (AdaptiveWalk walk = new AdaptiveWalk(network, rule, TEMPERATURES, 4, left::add)) {
      batches.forEach(batch -> walk.add(batch, new long[batch.rows()]));
      walk.finish();
      return walk.computed();
    }
  }

  private static Map<Long, Answered> walk(
      DecoupledNetwork network, ExitRule rule, int most, List<Batch> batches) {
    Map<Long, Answered> answers = new TreeMap<>();
    try (AdaptiveWalk walk =
        new AdaptiveWalk(
            network,
            rule,
            TEMPERATURES,
            most,
            answer -> assertThat(answers.put(answer.row(), answer)).isNull())) {
      long next = 0;
      for (Batch batch : batches) {
        walk.add(batch, LongStream.range(next, next + batch.rows()).toArray());
        next += batch.rows();
      }
      walk.finish();
    }
    return answers;
  }

  /** Row by row, what every exit says. */
  private static List<List<Said>> exits(DecoupledNetwork network, List<Batch> batches) {
    List<List<Said>> exits = new ArrayList<>();
    for (Batch batch : batches) {
      List<float[]> scores = network.scores(batch);
      for (int i = 0; i < batch.rows(); i++) {
        List<Said> ofRow = new ArrayList<>();
        for (int k = 0; k < scores.size(); k++) {
          ofRow.add(Said.of(scores.get(k), i, CLASSES, TEMPERATURES.of(k)));
        }
        exits.add(ofRow);
      }
    }
    return exits;
  }

  private static void assertAsExpected(
      String what, ExitRule rule, List<List<Said>> exits, Map<Long, Answered> answers) {
    assertThat(answers).as(what).hasSize(exits.size());
    int undecided = 0;
    for (int row = 0; row < exits.size(); row++) {
      List<Said> ofRow = exits.get(row);
      if (ofRow.stream().anyMatch(said -> atThreshold(rule, said))) {
        undecided++;
        continue;
      }
      Answered answer = answers.get((long) row);
      assertThat(answer.block()).as(what + " row " + row).isEqualTo(expected(rule, ofRow));
      float[] scores = ofRow.get(answer.block() - 1).scores();
      for (int c = 0; c < CLASSES; c++) {
        assertThat(answer.said().scores()[c]).as(what).isEqualTo(scores[c], within(APART));
      }
    }
    assertThat(undecided).as(what).isLessThan(exits.size() / 2);
  }

  private static boolean atThreshold(ExitRule rule, Said said) {
    if (rule instanceof ExitRule.Confidence confidence) {
      return Math.abs(said.confidence() - confidence.threshold()) < AT_THRESHOLD;
    }
    return rule instanceof ExitRule.Entropy entropy
        && Math.abs(said.entropy() - entropy.threshold()) < AT_THRESHOLD;
  }

  /** By the definitions of methods 2g. */
  private static int expected(ExitRule rule, List<Said> said) {
    if (rule instanceof ExitRule.Shortcut shortcut) {
      return shortcut.block();
    }
    int agreed = 0;
    for (int k = 1; k < said.size(); k++) {
      Said now = said.get(k - 1);
      agreed = k > 1 && rule.agree(said.get(k - 2), now) ? agreed + 1 : 0;
      if (rule.leaves(now, agreed)) {
        return k;
      }
    }
    return said.size();
  }
}
