package io.blockwise.model.engine.dl4j;

import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.TextLayers.Lstm;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A long short-term memory in one direction. What it reads is multiplied at once for all positions;
 * one step from position to position is a graph, which is run for as many positions as the batch
 * has. On the way back each step is run forward again from the states before it, which are all that
 * is kept.
 *
 * <pre>
 *   forward    [ x W + b ] -> step, step, .. step     states are kept
 *   backward   step, step, .. step -> [ x W + b ]     from the last to the first
 * </pre>
 *
 * <p>A row stands still behind its end. Arrays are {@code [positions * rows, ..]}: all rows at the
 * first position, then all at the second. Used by one thread.
 */
final class LstmDirection {
  private final String name;
  private final int units;
  private final Memory memory;
  private final Parameters.Tensor recurrent;
  private final GraphLayer read;
  private final Graph step;
  private final SDVariable gates;
  private final SDVariable hidden;
  private final SDVariable cell;
  private final SDVariable moves;
  private final SDVariable weight;
  private final SDVariable nextHidden;
  private final SDVariable nextCell;
  private final SDVariable hiddenGradient;
  private final SDVariable cellGradient;
  private final Tape forward;
  private final Tape backward;
  private INDArray sums;
  private Texts texts;

  /**
   * A direction of a layer.
   *
   * @param suffix of its tensors' names
   */
  LstmDirection(String layer, String suffix, int features, int units, Construction in) {
    name = layer + ".lstm" + suffix;
    this.units = units;
    memory = in.memory();
    recurrent = in.parameter(layer + ".weight_hh" + suffix);
    read = read(layer, suffix, features, in);
    step = new Graph(name, memory);
    gates = step.input("gates", -1, Lstm.GATES * units);
    hidden = step.input("hidden", -1, units);
    cell = step.input("cell", -1, units);
    moves = step.input("moves", -1, units);
    weight = step.input("weight", Lstm.GATES * units, units);
    SameDiff f = step.operations();
    SDVariable[] gate = f.split(gates.add(f.mmul(hidden, weight, false, true, false)), 4, 1);
    SDVariable fresh = f.nn().sigmoid(gate[0]).mul(f.math().tanh(gate[2]));
    SDVariable its = f.nn().sigmoid(gate[1]).mul(cell).add(fresh);
    SDVariable shown = f.nn().sigmoid(gate[3]).mul(f.math().tanh(its));
    nextHidden = hidden.add(shown.sub(hidden).mul(moves));
    nextCell = cell.add(its.sub(cell).mul(moves));
    hiddenGradient = step.input("dHidden", -1, units);
    cellGradient = step.input("dCell", -1, units);
    forward = step.forward(nextHidden, nextCell);
    backward =
        step.backwardFrom(
            List.of(
                new Graph.Given(nextHidden, hiddenGradient),
                new Graph.Given(nextCell, cellGradient)),
            forward,
            gates,
            hidden,
            cell,
            weight);
  }

  private GraphLayer read(String layer, String suffix, int features, Construction in) {
    return new GraphLayer(
        name + ".read",
        Shape.vector(features),
        Shape.vector(Lstm.GATES * units),
        memory,
        (graph, x) -> {
          SDVariable input = parameter(graph, layer, "weight_ih" + suffix, in);
          SDVariable bias =
              parameter(graph, layer, "bias_ih" + suffix, in)
                  .add(parameter(graph, layer, "bias_hh" + suffix, in));
          return graph.operations().mmul(x, input, false, true, false).add(bias);
        });
  }

  private static SDVariable parameter(Graph graph, String layer, String tensor, Construction in) {
    return graph.parameter(tensor, in.parameter(layer + "." + tensor));
  }

  /**
   * Runs over texts.
   *
   * @param x what is read
   * @param firstHidden states before the first position, {@code [rows, units]}
   * @return states at all positions, {@code [(1 + positions) * rows, units]}: first those before
   */
  INDArray run(INDArray x, INDArray firstHidden, INDArray firstCell, Texts batch) {
    texts = batch;
    sums = read.infer(x);
    long block = block();
    Maths.copy(firstHidden, 0, hiddens(), 0, block);
    Maths.copy(firstCell, 0, cells(), 0, block);
    for (int position = 0; position < texts.positions(); position++) {
      runStep(position);
      Maths.copy(step.value(nextHidden), 0, hiddens(), (position + 1) * block, block);
      Maths.copy(step.value(nextCell), 0, cells(), (position + 1) * block, block);
    }
    return hiddens();
  }

  /** States at the end of the last run, {@code [rows, units]}. */
  INDArray lastHidden() {
    return last("lastHidden", hiddens());
  }

  /** The same of cells. */
  INDArray lastCell() {
    return last("lastCell", cells());
  }

  private INDArray last(String key, INDArray all) {
    INDArray last = own(key, units);
    Maths.copy(all, texts.positions() * block(), last, 0, block());
    return last;
  }

  /**
   * Writes the gradients of the parameters.
   *
   * @param dHidden gradient of the states at all positions, {@code [positions * rows, units]}
   * @param dLast gradient of the last states beside it, and then of those before the first position
   * @param dLastCell the same of cells
   * @return gradient of what was read
   */
  INDArray backward(INDArray dHidden, INDArray dLast, INDArray dLastCell) {
    INDArray dSums = memory.take(name + ".dSums", sums.size(0), sums.size(1));
    INDArray here = own("here", units);
    recurrent.gradient().assign(0);
    step.set(hiddenGradient, dLast);
    step.set(cellGradient, dLastCell);
    for (int position = texts.positions() - 1; position >= 0; position--) {
      runStep(position);
      Maths.copy(dHidden, position * block(), here, 0, block());
      Maths.axpy(1, here, dLast);
      backward.run();
      Maths.axpy(1, step.gradient(weight), recurrent.gradient());
      long width = Lstm.GATES * block();
      Maths.copy(step.gradient(gates), 0, dSums, position * width, width);
      Maths.copy(step.gradient(hidden), 0, dLast, 0, block());
      Maths.copy(step.gradient(cell), 0, dLastCell, 0, block());
    }
    return read.backward(dSums);
  }

  private void runStep(int position) {
    long block = block();
    INDArray its = own("gates", Lstm.GATES * units);
    Maths.copy(sums, Lstm.GATES * position * block, its, 0, Lstm.GATES * block);
    step.set(gates, its);
    set(hidden, hiddens(), position);
    set(cell, cells(), position);
    INDArray going = own("moves", units);
    Maths.write(moves(position), 0, going);
    step.set(moves, going);
    step.set(weight, recurrent.value());
    forward.run();
  }

  private void set(SDVariable input, INDArray from, int position) {
    INDArray state = own(input.name(), units);
    Maths.copy(from, position * block(), state, 0, block());
    step.set(input, state);
  }

  /** {@code [rows, units]}: 1 where a row has a token at the position, else 0. */
  private float[] moves(int position) {
    float[] moves = new float[Math.toIntExact(block())];
    for (int row = 0; row < texts.rows(); row++) {
      Arrays.fill(moves, row * units, (row + 1) * units, texts.length(row) > position ? 1 : 0);
    }
    return moves;
  }

  /** Values of all rows' states at one position. */
  private long block() {
    return (long) texts.rows() * units;
  }

  private INDArray hiddens() {
    return memory.take(name + ".hiddens", (1L + texts.positions()) * texts.rows(), units);
  }

  private INDArray cells() {
    return memory.take(name + ".cells", (1L + texts.positions()) * texts.rows(), units);
  }

  private INDArray own(String key, int width) {
    return memory.take(name + ".own." + key, texts.rows(), width);
  }
}
