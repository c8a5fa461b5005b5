package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Signal;
import java.util.List;
import org.bytedeco.pytorch.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A detached activation, the labels of its rows, and its fault: a scalar that is 0, or not a number
 * once a block was not finite. All on the device.
 */
final class TorchSignal implements Signal {
  private final Host host;
  private final Tensor activation;
  private final Tensor fault;
  private final Labels labels;
  private boolean closed;

  /**
   * Keeps tensors that live in a scope now.
   *
   * @param labels are the signal's, which closes them
   */
  TorchSignal(Host host, Tensor activation, Tensor fault, Labels labels) {
    this.host = host;
    this.activation = Scope.keep(activation);
    this.fault = Scope.keep(fault);
    this.labels = labels;
  }

  /** The signal for the next block, with the labels of this one. */
  TorchSignal next(Tensor output, Tensor itsFault) {
    // another handle of the fault, since either signal may be closed first
    return new TorchSignal(host, output.detach(), new Tensor(itsFault), labels.shared());
  }

  /**
   * Says that the calling thread's stream uses what another one made. Its memory is then not given
   * to that one anew before this one has done with it, although the signal is closed.
   */
  void useOnThisStream() {
    Scope.run(
        () -> {
          Stream stream =
              torch.getDeviceGuardImpl(activation.device().type()).getStream(activation.device());
          List.of(activation, fault, labels.classes()).forEach(t -> t.record_stream(stream));
        });
  }

  Tensor activation() {
    return activation;
  }

  Tensor fault() {
    return fault;
  }

  /** On the device, too. */
  Labels rowLabels() {
    return labels;
  }

  @Override
  public Signal select(int[] rows) {
    Signal.requireRows(rows, rows());
    return host.compute(
        () -> {
          Tensor selected = activation.index_select(0, host.labels(rows));
          Labels theirs = new Labels(host, Signal.labels(labels(), rows));
          return new TorchSignal(host, selected, new Tensor(fault), theirs);
        });
  }

  @Override
  public int rows() {
    return labels.values().length;
  }

  @Override
  public int[] labels() {
    return labels.values();
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
      fault.close();
      labels.close();
    }
  }
}
