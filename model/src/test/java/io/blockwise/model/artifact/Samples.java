package io.blockwise.model.artifact;

import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A small model of two blocks, made of seeded numbers. */
public final class Samples {
  private Samples() {}

  public static ModelVersion version(String id, long seed) {
    return new ModelVersion(
        id, description(), Map.of(), blocks(new Random(seed)), metrics(), provenance());
  }

  /** A state of random numbers for every block of {@link #description}. */
  private static List<StoredBlock> blocks(Random random) {
    return DecoupledNetwork.layouts(description().network()).stream()
        .map(
            layout ->
                new StoredBlock(
                    tensors(random, layout.parameters()), tensors(random, layout.statistics())))
        .toList();
  }

  static StoredBlock block(Random random, int filters) {
    return new StoredBlock(
        tensors(
            random,
            entry("layers.0.weight", filters, 3, 3, 3),
            entry("layers.1.weight", filters),
            entry("exit.weight", 2, filters),
            entry("exit.bias", 2)),
        tensors(
            random,
            entry("layers.1.running_mean", filters),
            entry("layers.1.running_var", filters)));
  }

  /** Tensors of random bit patterns without NaN, among them tiny, huge and negative numbers. */
  static Tensors tensors(Random random, TensorTable.Entry... parts) {
    return tensors(random, table(parts));
  }

  private static Tensors tensors(Random random, TensorTable table) {
    float[] values = new float[table.length()];
    for (int i = 0; i < values.length; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      values[i] = Float.isNaN(value) ? -0f : value;
    }
    return Tensors.copyOf(table, values);
  }

  static TensorTable table(TensorTable.Entry... parts) {
    List<TensorTable.Entry> entries = new ArrayList<>();
    int offset = 0;
    for (TensorTable.Entry part : parts) {
      entries.add(new TensorTable.Entry(part.name(), part.shape(), offset));
      offset += part.length();
    }
    return new TensorTable(entries);
  }

  static TensorTable.Entry entry(String name, Integer... shape) {
    return new TensorTable.Entry(name, List.of(shape), 0);
  }

  static Metrics metrics() {
    return new Metrics(
        new Metrics.Accuracies(List.of(0.5, 0.75)),
        new Metrics.TestFigures(
            List.of(0.25, 0.625),
            List.of(
                List.of(List.of(1L, 3L), List.of(3L, 1L)),
                List.of(List.of(5L, 3L), List.of(0L, 0L)))),
        2,
        3,
        2,
        1234.5,
        60.25,
        new Metrics.ParameterCounts(216, 10, 22),
        new Metrics.Pushes(12, 15, 5, 4, 3, 2, 1),
        0.015,
        new Metrics.Cost(0.25, 1L << 33, 1000, 2000),
        new Metrics.Dynamics(List.of(2, 3), 0.25, 500));
  }

  static ModelDescription description() {
    OptimiserSpec adam =
        new OptimiserSpec.Adam(1e-3, 0.9, 0.999, 1e-8, 0, 0, new ScheduleSpec.Cosine(0.01));
    OptimiserSpec sgd =
        new OptimiserSpec.Sgd(0.1, 0.9, 5e-4, 1, new ScheduleSpec.Step(List.of(0.5, 0.75), 0.1));
    HeadSpec head = new HeadSpec(HeadSpec.Kind.MLP, Features.POOLED, 128, 64);
    LossSpec scpl = new LossSpec.Scpl(0.1, LossSpec.Divisor.KHOSLA, head);
    List<BlockSpec> blocks =
        List.of(
            new BlockSpec(layers(3), scpl, new ExitSpec(Features.POOLED), adam),
            new BlockSpec(
                layers(5), new LossSpec.CrossEntropy(), new ExitSpec(Features.FLAT), sgd));
    return new ModelDescription(
        "sample",
        "shapes",
        List.of("circle", "square"),
        Map.of(
            "pixels", new InputField.Image(true, List.of(0.1, 0.2, 0.3), List.of(0.4, 0.5, 0.6))),
        new NetworkSpec(Shape.map(3, 8, 8), 2, blocks),
        new Exits(
            List.of(1.5, 0.75),
            "confidence=0.87",
            List.of(300L, 100L),
            List.of(0.99, 0.98, 0.97),
            List.of(new Exits.Guarantee(Exits.Bounded.DROP, 0.02, 0.95, 400, 0.0075, 0.04))));
  }

  private static List<LayerSpec> layers(int filters) {
    return List.of(
        new LayerSpec.Convolution(filters, 3, 1, 1, false),
        new LayerSpec.BatchNorm(),
        new LayerSpec.Relu(),
        new LayerSpec.MaxPool(2, 2));
  }

  private static Map<String, Object> provenance() {
    Map<String, Object> provenance = new LinkedHashMap<>();
    provenance.put("seed", 7);
    provenance.put("spark", null);
    provenance.put("configuration", Map.of("training.epochs", 3));
    return provenance;
  }
}
