package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.averaging.Averaging;
import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.Momentum;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.TextLayers.Lstm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Exits that read their block's output by a slow copy of the next block's first layers. */
class MomentumTest {
  private static final OptimiserSpec ADAM =
      new OptimiserSpec.Adam(0.01, 0.9, 0.999, 1e-8, 0, 0, new ScheduleSpec.Constant());

  private static List<BlockSpec> blocks() {
    List<BlockSpec> plain =
        List.of(SmallBlocks.with(4, ADAM), SmallBlocks.with(5, ADAM), SmallBlocks.with(4, ADAM));
    List<BlockSpec> blocks = new ArrayList<>();
    for (int k = 0; k < 2; k++) {
      blocks.add(plain.get(k).with(new Momentum(plain.get(k + 1).layers().subList(0, 3), 0.9)));
    }
    blocks.add(plain.get(2));
    return blocks;
  }

  private static DecoupledNetwork network(long seed) {
    NetworkSpec spec = new NetworkSpec(SmallBlocks.INPUT, 3, blocks());
    return new DecoupledNetwork(TestDevice.torch(), spec, seed);
  }

  @Test
  void trainingFollowsPyTorchsTrace() {
    TorchTrace.assertFollowed(
        "trace_momentum",
        blocks(),
        Map.of(
            "local.conv", "momentum.local.0",
            "local.bn", "momentum.local.1",
            "slow.bn", "momentum.slow.1",
            "scale", "momentum.scale"));
  }

  @Test
  void theCopyBeginsAsTheNextBlockAndFollowsItSlowly() {
    try (DecoupledNetwork network = network(1)) {
      Block first = network.blocks().get(0);
      float[] before = followed(network);
      assertThat(States.read(first, StateKind.SLOW)).containsExactly(before);
      network.step(SmallBlocks.batch(12, 1), k -> 0.1);
      float[] after = followed(network);
      assertThat(after).isNotEqualTo(before);
      float[] slow = States.read(first, StateKind.SLOW);
      for (int i = 0; i < slow.length; i++) {
        assertThat((double) slow[i]).isCloseTo(0.9 * before[i] + 0.1 * after[i], within(1e-6));
      }
    }
  }

  /** Parameters of the second block's first layers, which come first in its vector. */
  private static float[] followed(DecoupledNetwork network) {
    int length = network.blocks().get(0).length(StateKind.SLOW);
    assertThat(length).isEqualTo(5 * 4 * 9 + 2 * 5);
    return Arrays.copyOf(States.read(network.blocks().get(1), StateKind.PARAMETERS), length);
  }

  @Test
  void aReplicaThatStartsFromTheLedgersBeginsAsTheirNextBlock() throws InterruptedException {
    try (DecoupledNetwork others = network(2);
        DecoupledNetwork network = network(1)) {
      List<BlockLedger> ledgers = new ArrayList<>();
      for (Block block : others.blocks()) {
        ledgers.add(
            new BlockLedger(
                "run",
                ledgers.size() + 1,
                OPTIONS,
                new BlockLedger.Tensors(block.parameters(), block.statistics()),
                BlockState.initial(block),
                System::nanoTime));
      }
      new WorkerReplica(
              network.blocks(), new InProcessExchange(ledgers), OPTIONS, Duration.ofSeconds(30))
          .start(new LeaseAttempt("run", 0, 1, 1));
      assertThat(States.read(network.blocks().get(0), StateKind.SLOW))
          .containsExactly(followed(others));
    }
  }

  private static final AveragingOptions OPTIONS = Averaging.average(3);

  /** Weights and running statistics; a slow copy's statistics would be of other weights. */
  @Test
  void answersReadByTheNextBlocksFirstLayersAsThatComputesThem() {
    BlockSpec plain = SmallBlocks.with(4, ADAM);
    // a block of its first layers alone, so that its output is theirs
    BlockSpec next =
        new BlockSpec(
            SmallBlocks.with(5, ADAM).layers().subList(0, 3), plain.loss(), plain.exit(), ADAM);
    BlockSpec first = plain.with(new Momentum(next.layers(), 0.9));
    NetworkSpec spec = new NetworkSpec(SmallBlocks.INPUT, 3, List.of(first, next));
    try (DecoupledNetwork network = new DecoupledNetwork(TestDevice.torch(), spec, 1)) {
      for (int i = 0; i < 5; i++) {
        network.step(SmallBlocks.batch(12, i), k -> 0.5); // so that weights run from their copy
      }
      Block block = network.blocks().get(0);
      assertThat(States.tensors(block.statistics(), States.read(block, StateKind.STATISTICS)))
          .containsOnlyKeys(
              "layers.1.running_mean",
              "layers.1.running_var",
              "momentum.local.1.running_mean",
              "momentum.local.1.running_var");
      withoutLocalShare(block);
      Batch batch = SmallBlocks.batch(2, 9);
      float[] read = network.output(batch, 1);
      float[] expected = scoresOfPooled(block, read, 2);
      float[] scores = network.scores(batch).get(0);
      for (int i = 0; i < scores.length; i++) {
        assertThat((double) scores[i]).isCloseTo(expected[i], within(1e-4));
      }
    }
  }

  /** With a scale of 0 the exit reads twice what the next block's first layers give. */
  private static void withoutLocalShare(Block block) {
    float[] parameters = States.read(block, StateKind.PARAMETERS);
    TensorTable.Entry scale =
        block.parameters().entries().stream()
            .filter(entry -> entry.name().equals(Momentum.SCALE))
            .findFirst()
            .orElseThrow();
    parameters[scale.offset()] = 0;
    block.adopt(StateKind.PARAMETERS, parameters);
  }

  /** Linear scores of the mean over the positions of five maps, twice as large. */
  private static float[] scoresOfPooled(Block block, float[] maps, int rows) {
    Map<String, float[]> tensors =
        States.tensors(block.parameters(), States.read(block, StateKind.PARAMETERS));
    int positions = maps.length / rows / 5;
    float[] scores = new float[rows * 3];
    for (int i = 0; i < scores.length; i++) {
      double score = tensors.get("exit.bias")[i % 3];
      for (int j = 0; j < 5 * positions; j++) {
        double weight = tensors.get("exit.weight")[i % 3 * 5 + j / positions];
        score += weight * 2 * maps[i / 3 * 5 * positions + j] / positions;
      }
      scores[i] = (float) score;
    }
    return scores;
  }

  /** A published model has no slow copies. */
  @Test
  void answersTakeWhatIsAveragedAlone() {
    try (DecoupledNetwork trained = network(1);
        DecoupledNetwork read = network(2)) {
      for (int i = 0; i < 3; i++) {
        trained.step(SmallBlocks.batch(12, i), k -> 0.1);
      }
      for (int k = 0; k < 3; k++) {
        for (StateKind kind : StateKind.values()) {
          if (kind.isAveraged()) {
            read.blocks().get(k).adopt(kind, States.read(trained.blocks().get(k), kind));
          }
        }
      }
      Batch batch = SmallBlocks.batch(4, 9);
      for (int k = 0; k < 3; k++) {
        assertThat(read.scores(batch).get(k)).containsExactly(trained.scores(batch).get(k));
      }
    }
  }

  /** Of two LSTMs that hand states over; the first one's exit reads by a copy of the second. */
  private static DecoupledNetwork handingOver() {
    LossSpec entropy = new LossSpec.CrossEntropy();
    ExitSpec exit = new ExitSpec(Features.POOLED);
    List<LayerSpec> layers = List.of(SmallTexts.EMBEDDING, new Lstm(3, false));
    BlockSpec first = new BlockSpec(layers, entropy, exit, ADAM);
    BlockSpec second = new BlockSpec(List.of(new Lstm(3, true)), entropy, exit, ADAM);
    return new DecoupledNetwork(
        TestDevice.torch(),
        new NetworkSpec(
            SmallTexts.INPUT, 3, List.of(first.with(new Momentum(second.layers(), 0.9)), second)),
        3);
  }

  @Test
  void whatAnExitRemembersIsNotHandedOn() {
    try (Engine engine = TestDevice.torch();
        DecoupledNetwork network = handingOver();
        Signal in = engine.signal(SmallTexts.batch(4, 2))) {
      Block first = network.blocks().get(0);
      Block second = network.blocks().get(1);
      float[] expected;
      try (Signal out = first.forward(in);
          Signal behind = second.forward(out)) {
        expected = behind.toArray();
      }
      Step step = first.train(in, 0.01);
      step.complete();
      try (Signal out = step.output();
          Signal behind = second.forward(out)) {
        assertThat(behind.toArray()).containsExactly(expected, within(1e-6f));
      }
    }
  }

  @Test
  void whatOneCopyRemembersIsNotTheOthers() {
    try (DecoupledNetwork network = handingOver()) {
      Block first = network.blocks().get(0);
      float[] parameters = States.read(first, StateKind.PARAMETERS);
      // the scale 0 leaves what the second block's layers read alone
      fill(first, parameters, Momentum.SCALE, 0);
      first.adopt(StateKind.PARAMETERS, parameters);
      float[] before = network.scores(SmallTexts.batch(4, 2), 0);
      fill(first, parameters, Momentum.LOCAL, 0.7f);
      first.adopt(StateKind.PARAMETERS, parameters);
      assertThat(network.scores(SmallTexts.batch(4, 2), 0)).containsExactly(before);
    }
  }

  private static void fill(Block block, float[] parameters, String part, float value) {
    for (TensorTable.Entry entry : block.parameters().entries()) {
      if (entry.name().startsWith(part)) {
        Arrays.fill(parameters, entry.offset(), entry.offset() + entry.length(), value);
      }
    }
  }
}
