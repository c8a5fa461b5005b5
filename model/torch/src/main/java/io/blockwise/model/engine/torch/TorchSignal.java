package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Signal;
import org.bytedeco.pytorch.Tensor;

/**
 * A detached activation, the labels of its rows, and its fault: a scalar that is 0, or not a number
 * once a block was not finite. All on the device.
 */
final class TorchSignal implements Signal {
  private final Host host;
  private final Tensor activation;
  private final Tensor classes;
  private final Tensor fault;
  private final int[] labels;
  private boolean closed;

  private TorchSignal(Host host, Tensor activation, Tensor classes, Tensor fault, int[] labels) {
    this.host = host;
    this.activation = activation;
    this.classes = classes;
    this.fault = fault;
    this.labels = labels;
  }

  /** A signal of tensors that live in a scope now. */
  static TorchSignal of(Host host, Tensor activation, Tensor classes, Tensor fault, int[] labels) {
    return new TorchSignal(
        host, Scope.keep(activation), Scope.keep(classes), Scope.keep(fault), labels);
  }

  /** The signal for the next block, with the labels of this one. */
  TorchSignal next(Tensor output, Tensor itsFault) {
    // other handles, since either signal may be closed first
    return of(host, output.detach(), new Tensor(classes), new Tensor(itsFault), labels);
  }

  Tensor activation() {
    return activation;
  }

  @Override
  public Signal select(int[] rows) {
    Signal.requireRows(rows, rows());
    return host.compute(
        () -> {
          Tensor index = host.labels(rows);
          return of(
              host,
              activation.index_select(0, index),
              classes.index_select(0, index),
              new Tensor(fault),
              Signal.labels(labels, rows));
        });
  }

  /** Class ids {@code [rows]}. */
  Tensor classes() {
    return classes;
  }

  Tensor fault() {
    return fault;
  }

  @Override
  public int rows() {
    return labels.length;
  }

  @Override
  public int[] labels() {
    return labels;
  }

  @Override
  public float[] toArray() {
    float[] values = new float[Math.toIntExact(activation.numel())];
    host.run(() -> Host.read(activation, values, 0));
    return values;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      activation.close();
      classes.close();
      fault.close();
    }
  }
}
