package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * What rows count by their class in a cross-entropy; a subclass per engine runs the whole suite.
 */
public abstract class WeightedContract {
  private static final double SMOOTHING = 0.1;
  private static final OptimiserSpec DESCENT =
      new OptimiserSpec.Sgd(0.1, 0, 0, 0, new ScheduleSpec.Constant());

  protected abstract Engine engine();

  /** Without a batch norm, whose statistics would see the further rows. */
  @Test
  void aWeightOfTwoIsTheRowTwice() {
    Batch rows = SmallBlocks.batch(7, 1);
    float[] weighted = trained(List.of(2.0, 1.0, 1.0), rows);
    float[] twice = trained(List.of(), twice(rows, 0));
    float[] once = trained(List.of(), rows);
    assertThat(weighted).usingComparatorWithPrecision(1e-6f).containsExactly(twice);
    assertThat(distance(weighted, once)).isGreaterThan(1e-4);
  }

  @Test
  void equalWeightsAreNoneBitByBit() {
    Batch rows = SmallBlocks.batch(7, 1);
    assertThat(trained(List.of(0.3, 0.3, 0.3), rows)).containsExactly(trained(List.of(), rows));
  }

  /** The mean of weighted rows: a common factor is in its divisor, too. */
  @Test
  void onlyRatiosOfWeightsMatter() {
    Batch rows = SmallBlocks.batch(7, 1);
    assertThat(trained(List.of(3.0, 1.0, 2.0), rows))
        .usingComparatorWithPrecision(1e-6f)
        .containsExactly(trained(List.of(30.0, 10.0, 20.0), rows));
  }

  @Test
  void theFigureIsTheMeanOfWeightedRows() {
    List<Double> each = new ArrayList<>();
    Batch rows = SmallBlocks.batch(3, 2); // one of each class
    for (int row = 0; row < 3; row++) {
      List<Double> only = new ArrayList<>(List.of(1e-9, 1e-9, 1e-9));
      only.set(row, 1.0);
      each.add(loss(only, rows));
    }
    double expected = (4 * each.get(0) + each.get(1) + 5 * each.get(2)) / 10;
    assertThat(loss(List.of(4.0, 1.0, 5.0), rows)).isCloseTo(expected, within(1e-5));
  }

  private double loss(List<Double> weights, Batch batch) {
    Engine engine = engine();
    try (Block block = block(engine, weights);
        Signal in = engine.signal(batch)) {
      return SmallBlocks.train(block, in, 0.1).loss();
    }
  }

  private float[] trained(List<Double> weights, Batch batch) {
    Engine engine = engine();
    try (Block block = block(engine, weights);
        Signal in = engine.signal(batch)) {
      SmallBlocks.train(block, in, 0.1);
      SmallBlocks.train(block, in, 0.1);
      return States.read(block, StateKind.PARAMETERS);
    }
  }

  private static Block block(Engine engine, List<Double> weights) {
    List<LayerSpec> layers =
        List.of(new LayerSpec.Convolution(4, 3, 1, 1, true), new LayerSpec.Relu());
    ExitSpec exit = new ExitSpec(Features.POOLED).smoothing(SMOOTHING).weighing(weights);
    BlockSpec spec = new BlockSpec(layers, new LossSpec.CrossEntropy(), exit, DESCENT);
    return engine.block(spec, SmallBlocks.BORDER, 3, new SplittableRandom(3));
  }

  /** All rows, and those of a class once more. */
  private static Batch twice(Batch batch, int label) {
    List<Integer> rows = new ArrayList<>();
    for (int row = 0; row < batch.rows(); row++) {
      rows.add(row);
      if (batch.labels()[row] == label) {
        rows.add(row);
      }
    }
    Batch more = new Batch(SmallBlocks.INPUT, rows.size());
    int values = SmallBlocks.INPUT.elements();
    for (int row = 0; row < rows.size(); row++) {
      int from = rows.get(row);
      System.arraycopy(batch.inputs(), from * values, more.inputs(), row * values, values);
      more.labels()[row] = batch.labels()[from];
    }
    more.rows(rows.size());
    return more;
  }

  private static double distance(float[] one, float[] other) {
    double most = 0;
    for (int i = 0; i < one.length; i++) {
      most = Math.max(most, Math.abs(one[i] - other[i]));
    }
    return most;
  }
}
