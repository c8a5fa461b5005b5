package io.blockwise.model.engine.dl4j;

import io.blockwise.model.spec.Shape;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.loss.BaseLoss;

/**
 * A function written as a SameDiff graph, which SameDiff's operations differentiate, for use as a
 * layer, a head or a loss beside hand-written ones.
 *
 * <p>SameDiff gives the operations and the derivative of each. A {@link Tape} runs them: SameDiff's
 * own session allocates every array anew and remembers each of them for ever
 * (docs/adr/0012-samediff-in-the-dl4j-engine.md, which also lists what it differentiates right).
 *
 * <pre>
 *   once:        input, parameter -> operations() -> forward -> backward
 *   every step:  set the inputs -> forward.run -> backward.run -> value, gradient
 * </pre>
 *
 * <p>Parameters are read where they lie in the block's flat vector, and their gradients written
 * where they lie in its flat gradient. All other arrays are the block's {@link Memory}, so there is
 * nothing to close. The number of rows may change from step to step. Used by one thread.
 */
final class Graph {
  private final String name;
  private final Memory memory;
  private final SameDiff operations = SameDiff.create();
  private final Map<String, INDArray> values = new HashMap<>();
  private final Map<String, INDArray> places = new LinkedHashMap<>();
  private final Map<String, SDVariable> gradients = new HashMap<>();
  private final Map<SDVariable, Supplier<INDArray>> beside = new LinkedHashMap<>();

  /**
   * An empty graph.
   *
   * @param name of the part of the block, which no other part of it has
   */
  Graph(String name, Memory memory) {
    this.name = name;
    this.memory = memory;
  }

  /** What operations are added with. They must be pure: none that keeps or changes anything. */
  SameDiff operations() {
    return operations;
  }

  /** An array that is set for every step: rows of examples of a shape, maps channels last. */
  SDVariable input(String input, Shape shape) {
    return input(input, NativeSignal.sizes(-1, shape));
  }

  /**
   * An array that is set for every step.
   *
   * @param shape -1 for a size that may change
   */
  SDVariable input(String input, long... shape) {
    return operations.placeHolder(input, DataType.FLOAT, shape);
  }

  /**
   * An input that comes with the batch.
   *
   * @param value gives it for every pass forward
   * @param shape -1 for a size that may change
   */
  SDVariable beside(String input, DataType type, Supplier<INDArray> value, long... shape) {
    SDVariable variable = operations.placeHolder(input, type, shape);
    beside.put(variable, value);
    return variable;
  }

  /** Sets the inputs that come with the batch. */
  void begin() {
    beside.forEach((input, value) -> set(input, value.get()));
  }

  /** A tensor of the block, whose gradient the backward pass writes to its place. */
  SDVariable parameter(String tensor, Parameters.Tensor place) {
    values.put(tensor, place.value());
    places.put(tensor, place.gradient());
    return operations.placeHolder(tensor, DataType.FLOAT, place.value().shape());
  }

  /** Whether it has parameters. */
  boolean trains() {
    return !places.isEmpty();
  }

  /** Sets an input. It is read, not copied, until the last pass of the step has run. */
  void set(SDVariable input, INDArray value) {
    values.put(input.name(), value);
  }

  /** A result, after the pass that gives it and until that runs again. */
  INDArray value(SDVariable result) {
    return values.get(result.name());
  }

  /** The gradient by an input, after the backward pass; the receiver may overwrite it. */
  INDArray gradient(SDVariable input) {
    return values.get(gradients.get(input.name()).name());
  }

  /** The operations that lead to these results. */
  Tape forward(SDVariable... results) {
    return tape(Stream.of(results).map(SDVariable::name).toList(), Set.of(), Map.of());
  }

  /**
   * The operations that lead on to the gradients of a scalar by all parameters and by {@code
   * inputs}. Called once, when the graph is complete.
   *
   * @param forward what has run before, and is not run again
   * @throws IllegalArgumentException if the objective does not depend on one of them
   * @throws UnsupportedOperationException if an operation has no derivative
   */
  Tape backward(Tape forward, SDVariable objective, SDVariable... inputs) {
    return backwardFrom(operations.constant(1f), forward, objective, inputs);
  }

  /**
   * A result of any shape whose gradient is known.
   *
   * @param gradient in its shape; an input
   */
  record Given(SDVariable result, SDVariable gradient) {}

  /** The same for a result of any shape, whose own gradient is known. */
  Tape backwardFrom(SDVariable given, Tape forward, SDVariable result, SDVariable... inputs) {
    return backwardFrom(List.of(new Given(result, given)), forward, inputs);
  }

  /** The same for several results, none of which leads to another. */
  Tape backwardFrom(List<Given> results, Tape forward, SDVariable... inputs) {
    Set<String> sources = new LinkedHashSet<>(places.keySet());
    Stream.of(inputs).map(SDVariable::name).forEach(sources::add);
    differentiate(results, sources);
    Map<String, INDArray> written = new HashMap<>();
    places.forEach((tensor, place) -> written.put(gradients.get(tensor).name(), place));
    List<String> found = sources.stream().map(source -> gradients.get(source).name()).toList();
    return tape(found, forward.operations(), written);
  }

  /**
   * Adds the operations of the gradients, from the last operation to the first. SameDiff's {@code
   * createGradFunction} does so too, but on a copy of the graph in which operations lose part of
   * their arguments, and it prints a line for each.
   */
  private void differentiate(List<Given> results, Set<String> sources) {
    List<SameDiffOp> all = List.copyOf(operations.getOps().values());
    Set<String> varying = varying(all, sources);
    Set<String> taken = new HashSet<>();
    for (Given given : results) {
      gradients.put(given.result.name(), given.gradient);
      taken.add(given.gradient.name());
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      if (all.get(i).getOutputsOfOp().stream().anyMatch(gradients::containsKey)) {
        differentiate(all.get(i), varying);
      }
    }
    for (String source : sources) {
      SDVariable gradient = gradients.get(source);
      if (gradient == null) {
        throw new IllegalArgumentException(
            "Cannot differentiate " + name + ": its result does not depend on " + source);
      }
      if (!taken.add(gradient.name())) {
        gradients.put(source, operations.identity(gradient)); // an array of its own
      }
    }
  }

  private void differentiate(SameDiffOp op, Set<String> varying) {
    List<String> inputs = inputs(op);
    if (inputs.stream().noneMatch(varying::contains)) {
      return;
    }
    if (op.getOp() instanceof BaseLoss) {
      throw new UnsupportedOperationException(
          "Cannot differentiate "
              + name
              + ": the derivative of "
              + op.getName()
              + " in ND4J leaves out what comes behind it (write the loss in parts)");
    }
    List<SDVariable> given = op.getOutputsOfOp().stream().map(this::gradientOrZero).toList();
    List<SDVariable> found = op.getOp().doDiff(given);
    for (int i = 0; i < Math.min(found.size(), inputs.size()); i++) {
      if (varying.contains(inputs.get(i))) {
        gradients.merge(inputs.get(i), found.get(i), SDVariable::add);
      }
    }
  }

  private SDVariable gradientOrZero(String variable) {
    SDVariable gradient = gradients.get(variable);
    return gradient != null ? gradient : operations.zerosLike(operations.getVariable(variable));
  }

  /** What depends on one of the sources by way of real numbers. */
  private Set<String> varying(List<SameDiffOp> all, Set<String> sources) {
    Set<String> varying = new HashSet<>(sources);
    for (SameDiffOp op : all) {
      if (inputs(op).stream().anyMatch(varying::contains)) {
        op.getOutputsOfOp().stream()
            .filter(output -> operations.getVariable(output).dataType().isFPType())
            .forEach(varying::add);
      }
    }
    return varying;
  }

  /** The operations that {@code results} need and that are not {@code done}, in their order. */
  private Tape tape(List<String> results, Set<String> done, Map<String, INDArray> written) {
    List<SameDiffOp> all = List.copyOf(operations.getOps().values());
    Deque<SameDiffOp> needed = new ArrayDeque<>();
    Set<String> wanted = new HashSet<>(results);
    for (int i = all.size() - 1; i >= 0; i--) {
      SameDiffOp op = all.get(i);
      if (!done.contains(op.getName()) && op.getOutputsOfOp().stream().anyMatch(wanted::contains)) {
        needed.addFirst(op);
        wanted.addAll(inputs(op));
      }
    }
    operations.variables().stream()
        .filter(SDVariable::isConstant)
        .forEach(constant -> values.put(constant.name(), constant.getArr()));
    return new Tape(name, List.copyOf(needed), operations, values, written, memory);
  }

  private static List<String> inputs(SameDiffOp op) {
    return op.getInputsToOp() == null ? List.of() : op.getInputsToOp();
  }
}
