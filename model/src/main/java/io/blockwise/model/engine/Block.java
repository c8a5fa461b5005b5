package io.blockwise.model.engine;

import io.blockwise.model.spec.BlockSpec;

/**
 * A block that trains by its own loss and never lets a gradient out.
 *
 * <p>Its state is one flat {@code float} vector of each {@link StateKind}; reading and adopting
 * them is what averaging, checkpoints and artifacts use. A step changes this block's state only.
 * Used by one thread at a time.
 */
public interface Block extends AutoCloseable {
  /** What was built. */
  BlockSpec spec();

  /** The tensors of the trainable parameters. */
  TensorTable parameters();

  /** The tensors of the running statistics; without entries if there is no batch norm. */
  TensorTable statistics();

  /** Length of a state vector. */
  int length(StateKind kind);

  /** Copies a state vector out; {@code into} has exactly {@link #length} values. */
  void read(StateKind kind, float[] into);

  /**
   * Copies a state vector in; {@code from} has exactly {@link #length} values. It is not kept,
   * since callers share and reuse it.
   */
  void adopt(StateKind kind, float[] from);

  /**
   * Takes the rows of the {@linkplain TensorTable#table table} among the parameters that steps have
   * changed since this was last called, or since the block was made: numbers from 0, ascending,
   * each once. Some may have kept their values; all that have not are among them, bit by bit. What
   * is adopted is no change. Of no row where there is no table; an engine that does not know says
   * all.
   *
   * @return belongs to the caller
   */
  default int[] takeChangedRows() {
    return TableRows.all(parameters());
  }

  /**
   * Copies rows of the table out.
   *
   * @param rows ascending, each once
   * @param into {@code [rows, width of the table]}, exactly
   */
  default void readRows(int[] rows, float[] into) {
    TableRows.read(this, rows, into);
  }

  /**
   * Copies rows of the table in, and leaves the others as they are.
   *
   * @param rows ascending, each once
   * @param from {@code [rows, width of the table]}, exactly; it is not kept
   */
  default void adoptRows(int[] rows, float[] from) {
    TableRows.adopt(this, rows, from);
  }

  /**
   * Copies the parameters without the table out, in their order; all of them where there is none.
   *
   * @param into has exactly {@link TensorTable#lengthOfRest} values
   */
  default void readRest(float[] into) {
    TableRows.readRest(this, into);
  }

  /**
   * Copies the parameters without the table in, and leaves the table as it is.
   *
   * @param from has exactly {@link TensorTable#lengthOfRest} values; it is not kept
   */
  default void adoptRest(float[] from) {
    TableRows.adoptRest(this, from);
  }

  /**
   * What a vector that is a worker's own begins with: zeros, unless the kind says otherwise. Of
   * what follows another block it is what that one is now.
   */
  default float[] beginning(StateKind kind) {
    return new float[length(kind)];
  }

  /**
   * Says which block reads this one's output. Called once, before anything else.
   *
   * @param next of the same engine
   */
  default void before(Block next) {}

  /** Lets what follows the next block's parameters do so, after a step of both. */
  default void follow() {}

  /**
   * Begins a step: forward, local loss, backward inside the block, optimiser step. Reads {@code in}
   * but does not close it.
   *
   * <p>If the loss or a gradient is not finite, no state changes, and the blocks that train on the
   * step's output change nothing either. States that are read afterwards are those after the step,
   * whether or not its result has been read.
   *
   * @param pace of this step
   */
  Step train(Signal in, Pace pace);

  /**
   * Begins the same step, but goes forward only: {@link Step#complete} goes back and updates, maybe
   * on another thread and while the next block has begun such a step of its own on the output. One
   * that cannot part the two does all of it here.
   *
   * @param in is open until the step is complete
   */
  default Step begin(Signal in, Pace pace) {
    return train(in, pace);
  }

  /**
   * The same as {@link #train(Signal, Pace)} of one worker.
   *
   * @param learningRate of this step, at least 0
   */
  default Step train(Signal in, double learningRate) {
    return train(in, Pace.of(learningRate));
  }

  /** The output in inference mode (running statistics). Reads {@code in} but does not close it. */
  Signal forward(Signal in);

  /**
   * What a frozen block hands on to blocks that train: its output in inference mode with all that a
   * step's output has beside it, such as the target of Associated Learning. Reads {@code in} but
   * does not close it.
   */
  default Signal handOn(Signal in) {
    return forward(in);
  }

  /**
   * The block's answer to an output of {@link #forward}: class scores before any softmax, {@code
   * [rows, classes]}. Where its loss answers by targets it is a target, which becomes that once
   * {@link #decode} of this block and then of every earlier one, the nearest first, has had it.
   * Reads {@code output} but does not close it.
   */
  Signal answer(Signal output);

  /**
   * Brings an answer by targets, of this block or a later one, one block nearer to class scores; as
   * it is where the loss has no decoder.
   *
   * @param answer is taken over: closed, or returned
   * @return belongs to the caller
   */
  default Signal decode(Signal answer) {
    return answer;
  }

  @Override
  void close();
}
