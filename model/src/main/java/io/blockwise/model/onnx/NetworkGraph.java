package io.blockwise.model.onnx;

import io.blockwise.model.artifact.InputField;
import io.blockwise.model.artifact.ModelDescription;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.Context;
import io.blockwise.model.spec.ModuleSpec;
import io.blockwise.model.spec.Momentum;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.SideInput;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** The walk of rows through the blocks of a model up to an exit. Used by one thread, once. */
final class NetworkGraph {
  private static final String HEAD = "head";
  private static final String BRIDGE = "bridge";
  private static final String DECODER = "decoder";

  private final Graph graph;
  private final Operators operators;
  private final ModelDescription model;
  private final List<Border> borders;

  /** Of every block, by name. */
  private final List<Map<String, ModuleSpec>> modules;

  private final List<Weights> weights;
  private final Map<String, Value> fields = new HashMap<>();

  /**
   * @param outputs names that values of the graph are to have outside
   */
  NetworkGraph(ModelVersion version, Operators operators, List<String> outputs) {
    this.operators = operators;
    model = version.description();
    Set<String> outside = new HashSet<>(outputs);
    outside.addAll(model.fields().keySet());
    graph = new Graph(outside);
    NetworkSpec network = model.network();
    borders = network.borders();
    modules =
        IntStream.range(0, network.blocks().size())
            .mapToObj(k -> network.blocks().get(k).modules(borders.get(k), network.classes()))
            .toList();
    weights =
        IntStream.range(0, network.blocks().size())
            .mapToObj(k -> new Weights(graph, k + 1, version.blocks().get(k)))
            .toList();
  }

  /** What is added to. */
  Graph graph() {
    return graph;
  }

  /** Names of the fields that are read so far. */
  Set<String> fields() {
    return Collections.unmodifiableSet(fields.keySet());
  }

  /**
   * Class scores {@code [rows, classes]} of a block's exit.
   *
   * @param block from 1
   * @return name in the graph
   */
  String scores(int block) {
    Value main = field(model.mainField(), model.network().input());
    Value x = main;
    for (int k = 0; k < block; k++) {
      x = chain(k, BlockSpec.LAYERS, read(k, x, main));
    }
    return answer(block - 1, x).name();
  }

  private BlockSpec spec(int k) {
    return model.network().blocks().get(k);
  }

  private Value chain(int k, String module, Value x) {
    return operators.chain(modules.get(k).get(module), x, graph, weights.get(k));
  }

  private Value field(String name, Shape shape) {
    InputField field = model.fields().get(name);
    return fields.computeIfAbsent(name, added -> FieldInputs.of(graph, name, field, shape));
  }

  /** What a block's layers read: what comes in, with further fields and the image. */
  private Value read(int k, Value in, Value main) {
    Value x = in;
    List<SideInput> sides = spec(k).sides();
    for (int i = 0; i < sides.size(); i++) {
      SideInput side = sides.get(i);
      Value own = chain(k, BlockSpec.side(i), field(side.field(), side.shape()));
      Shape shape = modules.get(k).get(BlockSpec.side(i)).output();
      SideJoin join = new SideJoin(graph, weights.get(k).scope() + "/" + BlockSpec.side(i));
      x = join.of(side.join(), x, borders.get(k).activation(), own, shape);
    }
    if (spec(k).context() == Context.IMAGE) {
      Value image = chain(k, BlockSpec.CONTEXT, main);
      String at = weights.get(k).scope() + "/" + BlockSpec.CONTEXT;
      x = x.with(graph.add(at, "Add", List.of(x.name(), image.name())));
    }
    return x;
  }

  private Value answer(int k, Value x) {
    if (spec(k).loss().answersByTargets()) {
      Value target = chain(k, BRIDGE, x);
      for (int j = k; j >= 0; j--) {
        target = chain(j, DECODER, target);
      }
      return target;
    }
    Value read = spec(k).loss().exitReadsOutput() ? momentum(k, x) : chain(k, HEAD, x);
    return chain(k, BlockSpec.EXIT, read);
  }

  /** What an exit reads in place of the block's output, where the next block's layers tell it. */
  private Value momentum(int k, Value x) {
    if (!spec(k).momentum().exists()) {
      return x;
    }
    String at = weights.get(k).scope() + "/momentum";
    Value local = chain(k, Momentum.LOCAL, x);
    Value slow = operators.chain(ofNext(k), x, graph, weights.get(k + 1));
    String scale = weights.get(k).tensor(Momentum.SCALE);
    String rest = graph.add(at, "Sub", List.of(graph.real(2), scale));
    String own = graph.add(at, "Mul", List.of(scale, local.name()));
    String theirs = graph.add(at, "Mul", List.of(rest, slow.name()));
    return local.with(graph.add(at, "Add", List.of(own, theirs))).withStatesOf(x);
  }

  /** The next block's first layers by the names that their tensors have there. */
  private ModuleSpec ofNext(int k) {
    ModuleSpec slow = modules.get(k).get(Momentum.SLOW);
    List<ModuleSpec.Part> parts = new ArrayList<>();
    for (ModuleSpec.Part part : slow.parts()) {
      String name = part.name().replace(Momentum.SLOW, BlockSpec.LAYERS);
      parts.add(new ModuleSpec.Part(name, part.layer(), part.fromZero()));
    }
    return new ModuleSpec(slow.input(), parts);
  }
}
