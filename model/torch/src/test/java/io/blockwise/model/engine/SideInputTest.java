package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.averaging.Averaging;
import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.exits.ExitRule;
import io.blockwise.model.exits.Said;
import io.blockwise.model.exits.Temperatures;
import io.blockwise.model.network.AdaptiveWalk;
import io.blockwise.model.network.Answered;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.Context;
import io.blockwise.model.spec.Execution;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.SideInput;
import io.blockwise.model.spec.SideInput.Join;
import io.blockwise.model.spec.TextLayers.Embedding;
import io.blockwise.model.spec.TextLayers.Lstm;
import io.blockwise.model.spec.TextLayers.TokenMean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Blocks that read further fields of the rows beside what the block before them hands on. */
class SideInputTest {
  private static final OptimiserSpec ADAM =
      new OptimiserSpec.Adam(0.01, 0.9, 0.999, 1e-8, 0, 0, new ScheduleSpec.Constant());
  private static final OptimiserSpec DESCENT =
      new OptimiserSpec.Sgd(1, 0, 0, 0, new ScheduleSpec.Constant());
  private static final String TITLE = "title";
  private static final String NUMBERS = "numbers";
  private static final String DEPTH = "depth";
  private static final Shape TITLES = Shape.tokens(5, 9);
  private static final Shape TWO = Shape.vector(2);
  private static final Shape PLANE = Shape.map(1, 8, 8);
  private static final int ROWS = 12;

  private static final LayerSpec LSTM = new Lstm(3, false);
  private static final LayerSpec DENSE = new LayerSpec.Dense(5, true);

  /** What a block reads: a sequence, the same as long as texts are, a vector, or a map. */
  private enum Behind {
    EMBEDDING,
    LSTM,
    MEAN,
    MAP
  }

  private record Case(Behind behind, SideInput side) {
    private boolean ofTexts() {
      return behind != Behind.MAP;
    }

    private BlockSpec first(OptimiserSpec optimiser) {
      List<LayerSpec> text = List.of(new Embedding(4, 0));
      return switch (behind) {
        case EMBEDDING -> block(text, optimiser);
        case LSTM -> block(List.of(text.get(0), LSTM), optimiser);
        case MEAN -> block(List.of(text.get(0), new TokenMean()), optimiser);
        case MAP -> SmallBlocks.with(4, optimiser);
      };
    }

    private BlockSpec second(OptimiserSpec optimiser) {
      List<LayerSpec> layers =
          switch (behind) {
            case EMBEDDING, LSTM -> List.of(LSTM);
            case MEAN -> List.of(DENSE, new LayerSpec.Tanh());
            case MAP -> List.of(new LayerSpec.Convolution(4, 3, 2, 1, true), new LayerSpec.Tanh());
          };
      return block(layers, optimiser).with(List.of(side));
    }

    private Shape input() {
      return ofTexts() ? SmallTexts.INPUT : SmallBlocks.INPUT;
    }

    private Batch batch(long seed) {
      return SideInputTest.batch(ofTexts(), seed);
    }

    private NetworkSpec network() {
      return new NetworkSpec(input(), 3, List.of(first(ADAM), second(ADAM)));
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(Behind.EMBEDDING, titles(Join.SEQUENCE, 4, 0.5)),
        new Case(Behind.LSTM, titles(Join.SEQUENCE, 4, 0.5)), // with a layer from 4 to 6 values
        new Case(Behind.LSTM, titles(Join.ADD, 4, 0.5)),
        new Case(Behind.MEAN, titles(Join.VECTOR, 3, 0.5)),
        new Case(Behind.MAP, titles(Join.ADD, 3, 0.5)),
        new Case(Behind.EMBEDDING, numbers(Join.SEQUENCE)),
        new Case(Behind.LSTM, numbers(Join.ADD)),
        new Case(Behind.MEAN, numbers(Join.VECTOR)),
        new Case(Behind.MEAN, numbers(Join.ADD)),
        new Case(Behind.MAP, numbers(Join.ADD)),
        new Case(Behind.MAP, new SideInput(DEPTH, PLANE, Join.ADD, List.of())),
        new Case(Behind.MEAN, new SideInput(DEPTH, PLANE, Join.VECTOR, List.of())));
  }

  private static SideInput titles(Join join, int width, double rate) {
    return new SideInput(TITLE, TITLES, join, List.of(new Embedding(width, rate)));
  }

  private static SideInput numbers(Join join) {
    return new SideInput(NUMBERS, TWO, join, List.of());
  }

  private static BlockSpec block(List<LayerSpec> layers, OptimiserSpec optimiser) {
    return new BlockSpec(
        layers, new LossSpec.CrossEntropy(), new ExitSpec(Features.POOLED), optimiser);
  }

  /** Rows with a title of 1 to 5 tokens, two numbers and a plane each. */
  private static Batch batch(boolean ofTexts, long seed) {
    Batch main = ofTexts ? SmallTexts.batch(ROWS, seed) : SmallBlocks.batch(ROWS, seed);
    SplittableRandom random = new SplittableRandom(seed + 100);
    TokenField titles = new TokenField(ROWS);
    FloatField numbers = new FloatField(TWO, ROWS);
    FloatField planes = new FloatField(PLANE, ROWS);
    for (int row = 0; row < ROWS; row++) {
      titles.set(row, random.ints(1 + row % 5, 1, 9).toArray());
    }
    fill(numbers, random);
    fill(planes, random);
    Map<String, BatchField> fields = new LinkedHashMap<>();
    fields.put("main", main.field(ofTexts ? "text" : "input", BatchField.class));
    fields.put(TITLE, titles);
    fields.put(NUMBERS, numbers);
    fields.put(DEPTH, planes);
    Batch batch = new Batch(fields, ROWS);
    System.arraycopy(main.labels(), 0, batch.labels(), 0, ROWS);
    batch.rows(ROWS);
    return batch;
  }

  private static void fill(FloatField field, SplittableRandom random) {
    for (int i = 0; i < field.values().length; i++) {
      field.values()[i] = (float) random.nextDouble(-1, 1);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientIsThatOfTheLoss(Case of) {
    List<LayerSpec> frozen = of.side.layers().isEmpty() ? List.of() : List.of(new Embedding(4, 0));
    SideInput side = new SideInput(of.side.field(), of.side.shape(), of.side.join(), frozen);
    Case learnsByDescent = new Case(of.behind, side);
    try (Engine engine = TestDevice.torch()) {
      GradientCheck.runBehind(
          engine,
          learnsByDescent.first(DESCENT),
          Border.of(of.input()),
          of.batch(3),
          learnsByDescent.second(DESCENT),
          tensor -> !tensor.equals("side.0.0.weight") || frozen.isEmpty());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyParameterOfTheFieldChangesInAStep(Case of) {
    try (DecoupledNetwork network = new DecoupledNetwork(TestDevice.torch(), of.network(), 1)) {
      Block second = network.blocks().get(1);
      float[] before = States.read(second, StateKind.PARAMETERS);
      network.step(of.batch(1), k -> 0.01);
      float[] first = States.read(second, StateKind.PARAMETERS);
      // the exit begins at 0, through which no gradient comes in the first step
      network.step(of.batch(1), k -> 0.01);
      float[] after = States.read(second, StateKind.PARAMETERS);
      assertThat(first).isNotEqualTo(before);
      for (TensorTable.Entry tensor : second.parameters().entries()) {
        int least = tensor.byRow() ? tensor.offset() + tensor.width() : tensor.offset();
        for (int i = least; i < tensor.offset() + tensor.length(); i++) {
          assertThat(after[i]).as("%s, value %s", tensor.name(), i).isNotEqualTo(before[i]);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rowsAreAnsweredAsTheyAreAmongOthers(Case of) {
    try (DecoupledNetwork network = new DecoupledNetwork(TestDevice.torch(), of.network(), 1);
        Engine engine = TestDevice.torch()) {
      network.step(of.batch(2), k -> 0.05); // so that the exit says something
      float[] all = network.scores(of.batch(1)).get(1);
      try (Signal in = engine.signal(of.batch(1));
          Signal first = network.blocks().get(0).forward(in);
          Signal chosen = first.select(new int[] {7, 3});
          Signal others = first.select(new int[] {0, 11, 4});
          Signal together = others.joined(List.of(chosen))) {
        assertScores(network, chosen, all, 7, 3);
        assertScores(network, together, all, 0, 11, 4, 7, 3);
      }
    }
  }

  private static void assertScores(DecoupledNetwork network, Signal in, float[] all, int... rows) {
    Block second = network.blocks().get(1);
    try (Signal out = second.forward(in);
        Signal answer = second.answer(out)) {
      float[] scores = answer.toArray();
      for (int i = 0; i < rows.length; i++) {
        assertThat(Arrays.copyOfRange(scores, 3 * i, 3 * i + 3))
            .usingComparatorWithPrecision(1e-5f)
            .containsExactly(Arrays.copyOfRange(all, 3 * rows[i], 3 * rows[i] + 3));
      }
    }
  }

  @Test
  void aTextBehindATextIsReadAsOneText() {
    List<BlockSpec> apart =
        List.of(
            block(List.of(new Embedding(4, 0)), ADAM),
            block(List.of(LSTM), ADAM)
                .with(
                    List.of(
                        new SideInput(
                            TITLE,
                            SmallTexts.INPUT,
                            Join.SEQUENCE,
                            List.of(new Embedding(4, 0))))));
    Shape longer = Shape.tokens(12, SmallTexts.VOCABULARY);
    try (DecoupledNetwork two =
            new DecoupledNetwork(
                TestDevice.torch(), new NetworkSpec(SmallTexts.INPUT, 3, apart), 1);
        DecoupledNetwork one =
            new DecoupledNetwork(
                TestDevice.torch(),
                new NetworkSpec(
                    longer,
                    3,
                    List.of(block(List.of(new Embedding(4, 0)), ADAM), block(List.of(LSTM), ADAM))),
                2)) {
      float[] table = States.read(two.blocks().get(0), StateKind.PARAMETERS);
      one.blocks().get(0).adopt(StateKind.PARAMETERS, table);
      Block second = two.blocks().get(1);
      float[] withTable = States.read(second, StateKind.PARAMETERS);
      float[] without = States.read(one.blocks().get(1), StateKind.PARAMETERS);
      int tableLength = withTable.length - without.length;
      System.arraycopy(table, 0, withTable, 0, tableLength);
      System.arraycopy(without, 0, withTable, tableLength, without.length);
      SplittableRandom random = new SplittableRandom(3); // the exit, which begins at 0
      for (int i = withTable.length - 21; i < withTable.length; i++) {
        withTable[i] = (float) random.nextDouble(-1, 1);
      }
      System.arraycopy(withTable, tableLength, without, 0, without.length);
      second.adopt(StateKind.PARAMETERS, withTable);
      one.blocks().get(1).adopt(StateKind.PARAMETERS, without);
      int[][] texts = {{3, 7, 2}, {1}, {4, 5, 6, 8, 9, 10}};
      int[][] titles = {{9}, {2, 3, 4, 5, 1, 6}, {10, 7}};
      int[][] both =
          IntStream.range(0, 3)
              .mapToObj(
                  i ->
                      IntStream.concat(Arrays.stream(texts[i]), Arrays.stream(titles[i])).toArray())
              .toArray(int[][]::new);
      assertThat(two.scores(beside(texts, titles)).get(1))
          .usingComparatorWithPrecision(1e-6f)
          .containsExactly(one.scores(SmallTexts.batch(both)).get(1));
    }
  }

  private static Batch beside(int[][] texts, int[][] titles) {
    Map<String, BatchField> fields = new LinkedHashMap<>();
    fields.put("text", SmallTexts.batch(texts).field("text", BatchField.class));
    fields.put(TITLE, SmallTexts.batch(titles).field("text", BatchField.class));
    Batch batch = new Batch(fields, texts.length);
    batch.rows(texts.length);
    return batch;
  }

  @Test
  void theImageItselfAsAFieldIsTheContext() {
    SideInput image = new SideInput(DEPTH, SmallBlocks.INPUT, Join.ADD, List.of());
    List<float[]> scores = new ArrayList<>();
    for (boolean context : new boolean[] {true, false}) {
      BlockSpec second = SmallBlocks.with(5, ADAM);
      BlockSpec with = context ? second.with(Context.IMAGE) : second.with(List.of(image));
      NetworkSpec spec =
          new NetworkSpec(SmallBlocks.INPUT, 3, List.of(SmallBlocks.with(4, ADAM), with));
      try (DecoupledNetwork network = new DecoupledNetwork(TestDevice.torch(), spec, 1)) {
        sort(network.blocks().get(1));
        for (int step = 0; step < 3; step++) {
          network.step(twice(SmallBlocks.batch(ROWS, step)), k -> 0.01);
        }
        scores.add(network.scores(twice(SmallBlocks.batch(ROWS, 9))).get(1));
      }
    }
    assertThat(scores.get(1)).usingComparatorWithPrecision(1e-5f).containsExactly(scores.get(0));
  }

  /** Gives every tensor values that do not depend on where it stands. */
  private static void sort(Block block) {
    float[] values = States.read(block, StateKind.PARAMETERS);
    for (TensorTable.Entry tensor : block.parameters().entries()) {
      SplittableRandom random = new SplittableRandom(tensor.length());
      for (int i = 0; i < tensor.length(); i++) {
        values[tensor.offset() + i] = (float) random.nextDouble(-0.3, 0.3);
      }
    }
    block.adopt(StateKind.PARAMETERS, values);
  }

  private static Batch twice(Batch images) {
    Map<String, BatchField> fields = new LinkedHashMap<>();
    BatchField image = images.field("input", BatchField.class);
    fields.put("input", image);
    fields.put(DEPTH, image);
    Batch batch = new Batch(fields, ROWS);
    System.arraycopy(images.labels(), 0, batch.labels(), 0, ROWS);
    batch.rows(ROWS);
    return batch;
  }

  @ParameterizedTest
  @EnumSource(Execution.class)
  void threadsOfBlocksLeaveTheNumbersOfOneThread(Execution execution) throws Exception {
    for (Case of :
        List.of(
            new Case(Behind.LSTM, titles(Join.SEQUENCE, 4, 0.5)),
            new Case(Behind.MAP, numbers(Join.ADD)))) {
      List<Map<StateKind, float[]>> one = trained(of, Execution.SEQUENTIAL);
      List<Map<StateKind, float[]>> other = trained(of, execution);
      for (int k = 0; k < one.size(); k++) {
        for (StateKind kind : one.get(k).keySet()) {
          assertThat(other.get(k).get(kind)).as("%s %s", of, kind).isEqualTo(one.get(k).get(kind));
        }
      }
    }
  }

  private static List<Map<StateKind, float[]>> trained(Case of, Execution execution)
      throws Exception {
    AveragingOptions options = Averaging.average(2);
    List<BlockLedger> ledgers = RowRun.ledgers(TestDevice.torch(), of.network(), options);
    try (RowRun run =
        new RowRun(
            TestDevice.torch(),
            of.network(),
            execution,
            options,
            new InProcessExchange(ledgers),
            0)) {
      run.lease(7, of::batch);
      return run.states();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rowsWithoutTheFieldAreAnsweredByTheBlockBeforeTheOneThatReadsIt(Case of) {
    List<Answered> answers = new ArrayList<>();
    try (DecoupledNetwork network = new DecoupledNetwork(TestDevice.torch(), of.network(), 1)) {
      network.step(of.batch(2), k -> 0.05);
      Batch without = of.ofTexts() ? SmallTexts.batch(5, 1) : SmallBlocks.batch(5, 1);
      int reach = network.spec().reach(without.sides().keySet());
      try (AdaptiveWalk walk =
          new AdaptiveWalk(
              network, new ExitRule.Confidence(0.999), Temperatures.NONE, 3, reach, answers::add)) {
        walk.add(without, new long[] {0, 1, 2, 3, 4});
        walk.finish();
      }
      float[] first = network.firstScores(without, 1).get(0);
      assertThat(answers).hasSize(5).allMatch(answered -> answered.block() == 1);
      for (Answered answered : answers) {
        int row = (int) answered.row();
        assertThat(answered.said().label()).isEqualTo(Said.of(first, row, 3, 1).label());
      }
    }
  }

  @Test
  void aBatchWithoutTheFieldIsRefusedByTheBlockThatReadsIt() {
    Case of = new Case(Behind.MEAN, numbers(Join.VECTOR));
    try (DecoupledNetwork network = new DecoupledNetwork(TestDevice.torch(), of.network(), 1)) {
      Batch without = SmallTexts.batch(ROWS, 1);
      assertThat(network.firstScores(without, 1)).hasSize(1);
      assertThatThrownBy(() -> network.scores(without))
          .hasMessage("Cannot read field numbers: the batch has beside its first one []");
    }
  }
}
