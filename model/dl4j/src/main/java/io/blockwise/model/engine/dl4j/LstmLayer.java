package io.blockwise.model.engine.dl4j;

import static io.blockwise.model.engine.dl4j.NativeOp.in;

import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.TextLayers.Lstm;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A long short-term memory in both directions. Rows are brought into the order in which a direction
 * reads them, the backward one from each row's last token, and back. Used by one thread.
 */
final class LstmLayer implements Layer {
  private static final int DIRECTIONS = 2;

  /** Hidden states and cells in both directions. */
  private static final int STATES = 2 * DIRECTIONS;

  private final String name;
  private final Lstm spec;
  private final Shape output;
  private final int features;
  private final Memory memory;
  private final Beside beside;
  private final LstmDirection[] directions;
  private final NativeOp gather = new NativeOp("gather", 0);
  private final NativeOp joined = new NativeOp("concat", 1);
  private final NativeOp apart = new NativeOp("split", DIRECTIONS, 1);
  private final NativeOp statesApart = new NativeOp("split", STATES, 1);
  private final NativeOp sum = new NativeOp("add");

  LstmLayer(Lstm spec, Layers.Place at) {
    name = at.name();
    this.spec = spec;
    output = spec.output(at.input());
    features = at.input().channels();
    memory = at.in().memory();
    beside = at.in().beside();
    directions =
        new LstmDirection[] {
          new LstmDirection(name, "", features, spec.units(), at.in()),
          new LstmDirection(name, "_reverse", features, spec.units(), at.in())
        };
  }

  @Override
  public Shape output() {
    return output;
  }

  @Override
  public INDArray train(INDArray x) {
    return infer(x);
  }

  @Override
  public INDArray infer(INDArray x) {
    Texts texts = beside.texts();
    INDArray flat = memory.as(x, tokens(texts), features);
    INDArray[] states = apart(spec.carry() ? beside.states() : Optional.empty(), texts, "states");
    INDArray[] read = new INDArray[DIRECTIONS];
    for (int d = 0; d < DIRECTIONS; d++) {
      INDArray ordered = gathered("x" + d, flat, texts.steps(d == 1));
      INDArray all = directions[d].run(ordered, states[d], states[DIRECTIONS + d], texts);
      read[d] = gathered("y" + d, all, texts.places(d == 1, texts.rows()));
    }
    if (spec.carry()) {
      beside.states(together(directions));
    }
    INDArray y = memory.take(name, tokens(texts), output.channels());
    joined.run(read, y);
    return memory.as(y, texts.rows(), texts.positions(), output.channels());
  }

  @Override
  public INDArray backward(INDArray dy) {
    Texts texts = beside.texts();
    INDArray flat = memory.as(dy, tokens(texts), output.channels());
    INDArray[] halves = arrays("dy", DIRECTIONS, tokens(texts));
    apart.run(in(flat), halves);
    INDArray[] states =
        apart(spec.carry() ? beside.takeStatesGradient() : Optional.empty(), texts, "dStates");
    INDArray[] dx = new INDArray[DIRECTIONS];
    for (int d = 0; d < DIRECTIONS; d++) {
      INDArray ordered = gathered("dh" + d, halves[d], texts.steps(d == 1));
      INDArray read = directions[d].backward(ordered, states[d], states[DIRECTIONS + d]);
      dx[d] = gathered("dx" + d, read, texts.places(d == 1, 0));
    }
    if (spec.carry()) {
      beside.statesGradient(together("dFirst", states));
    }
    sum.run(dx, dx[0]);
    return memory.as(dx[0], texts.rows(), texts.positions(), features);
  }

  private static long tokens(Texts texts) {
    return (long) texts.rows() * texts.positions();
  }

  private INDArray gathered(String key, INDArray from, int[] numbers) {
    INDArray rows = memory.take(name + ".numbers", DataType.INT32, numbers.length);
    Maths.write(numbers, rows);
    INDArray gathered = memory.take(name + "." + key, numbers.length, from.size(1));
    gather.run(in(from, rows), gathered);
    return gathered;
  }

  /** Hidden states of both directions, then cells, {@code [rows, units]} each; zeros of none. */
  private INDArray[] apart(Optional<INDArray> states, Texts texts, String key) {
    INDArray[] apart = arrays(key, STATES, texts.rows());
    if (states.isPresent()) {
      statesApart.run(in(states.get()), apart);
    } else {
      for (INDArray state : apart) {
        state.assign(0);
      }
    }
    return apart;
  }

  private INDArray[] arrays(String key, int count, long rows) {
    INDArray[] arrays = new INDArray[count];
    for (int i = 0; i < count; i++) {
      arrays[i] = memory.take(name + "." + key + i, rows, spec.units());
    }
    return arrays;
  }

  private INDArray together(LstmDirection... both) {
    return together(
        "last", both[0].lastHidden(), both[1].lastHidden(), both[0].lastCell(), both[1].lastCell());
  }

  private INDArray together(String key, INDArray... states) {
    INDArray all = memory.take(name + "." + key, states[0].size(0), (long) STATES * spec.units());
    joined.run(states, all);
    return all;
  }
}
