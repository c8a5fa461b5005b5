package io.blockwise.model.engine.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseReduceOp;
import org.nd4j.linalg.api.ops.ReduceOp;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.ops.impl.controlflow.compat.BaseCompatOp;
import org.nd4j.linalg.api.ops.impl.shape.tensorops.BaseTensorOp;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;

/**
 * Operations of a graph that run one after the other, into arrays that are allocated once.
 *
 * <p>An operation is asked for the shapes of its results once for all inputs of the same shapes, so
 * they must not depend on the inputs' values. Used by one thread.
 */
final class Tape {
  private final String name;
  private final Set<String> operations = new LinkedHashSet<>();
  private final List<Step> steps = new ArrayList<>();
  private final List<String> outside;
  private final Map<List<List<Long>>, long[][][]> shapes = new HashMap<>();
  private final Map<String, INDArray> values;
  private final Map<String, INDArray> places;
  private final Memory memory;

  /**
   * A tape.
   *
   * @param name before the names of its arrays in {@code memory}
   * @param values arrays by variable: what operations read has to be there, results are added
   * @param places where results go that have a place of their own
   * @throws IllegalArgumentException if an operation is one of control flow, or its axes are
   *     computed
   */
  Tape(
      String name,
      List<SameDiffOp> operations,
      SameDiff graph,
      Map<String, INDArray> values,
      Map<String, INDArray> places,
      Memory memory) {
    this.name = name;
    this.values = values;
    this.places = places;
    this.memory = memory;
    Set<String> read = new LinkedHashSet<>();
    for (SameDiffOp operation : operations) {
      Step step = new Step(operation, graph);
      this.operations.add(operation.getName());
      steps.add(step);
      read.addAll(step.inputs);
    }
    steps.forEach(step -> step.outputs.forEach(read::remove));
    outside = List.copyOf(read);
  }

  /** Names of the operations. */
  Set<String> operations() {
    return operations;
  }

  /** Runs all operations. */
  void run() {
    long[][][] results = shapes.computeIfAbsent(shapesOutside(), k -> new long[steps.size()][][]);
    for (int i = 0; i < results.length; i++) {
      results[i] = steps.get(i).run(results[i]);
    }
  }

  private List<List<Long>> shapesOutside() {
    return outside.stream()
        .map(variable -> Arrays.stream(value(variable).shape()).boxed().toList())
        .toList();
  }

  private INDArray value(String variable) {
    INDArray value = values.get(variable);
    if (value == null) {
      throw new IllegalStateException(
          "Cannot run " + name + ": " + variable + " has no value (set it before)");
    }
    return value;
  }

  /** Loops, branches and lists need SameDiff's session, and so do axes that are computed. */
  private void requirePlain(SameDiffOp operation) {
    DifferentialFunction op = operation.getOp();
    boolean axes = op instanceof ReduceOp || op instanceof ScalarOp;
    if (op instanceof BaseCompatOp
        || op instanceof BaseTensorOp
        || (axes && operation.getInputsToOp().size() > 1)) {
      throw new IllegalArgumentException(
          "Cannot run " + name + ": " + operation.getName() + " is no plain operation");
    }
    if (op instanceof BaseReduceOp reduction && countsFromBehind(reduction.getDimensions())) {
      throw new IllegalArgumentException(
          "Cannot run "
              + name
              + ": "
              + operation.getName()
              + " counts an axis from behind, of which ND4J makes something else (count from 0)");
    }
  }

  private static boolean countsFromBehind(int... axes) {
    return axes != null && Arrays.stream(axes).anyMatch(axis -> axis < 0);
  }

  /** An operation between its variables. */
  private final class Step {
    private final NativeOp op;
    private final List<String> inputs;
    private final List<String> outputs;
    private final List<String> keys;
    private final List<DataType> types;

    Step(SameDiffOp operation, SameDiff graph) {
      requirePlain(operation);
      op = new NativeOp(operation.getOp());
      inputs = operation.getInputsToOp() == null ? List.of() : operation.getInputsToOp();
      outputs = operation.getOutputsOfOp();
      keys = outputs.stream().map(output -> name + "/" + output).toList();
      types = outputs.stream().map(output -> graph.getVariable(output).dataType()).toList();
    }

    /** Runs it for results of {@code known} shapes, which it asks for if they are null. */
    long[][] run(long[][] known) {
      INDArray[] in = inputs.stream().map(Tape.this::value).toArray(INDArray[]::new);
      long[][] results = known == null ? results(in) : known;
      INDArray[] out = new INDArray[results.length];
      for (int i = 0; i < out.length; i++) {
        INDArray place = places.get(outputs.get(i));
        out[i] = place != null ? place : memory.take(keys.get(i), types.get(i), results[i]);
        values.put(outputs.get(i), out[i]);
      }
      op.run(in, out);
      return results;
    }

    private long[][] results(INDArray[] in) {
      return op.results(in).stream().map(LongShapeDescriptor::getShape).toArray(long[][]::new);
    }
  }
}
