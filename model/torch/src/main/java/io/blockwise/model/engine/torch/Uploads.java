package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Batch;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceGuardImplInterface;
import org.bytedeco.pytorch.Stream;
import org.bytedeco.pytorch.global.torch;

/**
 * Signals of batches that are made ahead of their steps, on a stream of the device beside the one
 * that computes, so that neither the training thread nor the device waits for a copy. Thread-safe.
 */
final class Uploads implements AutoCloseable {
  private final Optional<Stream> stream;
  private final Map<Batch, TorchSignal> ready = new ConcurrentHashMap<>();

  /** On one of the GPU's streams. */
  static Uploads of(Device gpu) {
    DeviceGuardImplInterface streams = torch.getDeviceGuardImpl(gpu.type());
    return new Uploads(Optional.of(streams.getStreamFromGlobalPool(gpu).retainReference()));
  }

  /**
   * @param stream that of the calling thread if there is none
   */
  Uploads(Optional<Stream> stream) {
    this.stream = stream;
  }

  /**
   * Makes a batch's signal; returns when its copy is on the device. What fails here does so again
   * when the signal is asked for, on the thread that can end the run.
   */
  void begin(Batch batch, Supplier<TorchSignal> signal) {
    try {
      TorchSignal made = Scope.get(() -> stream.map(on -> make(signal, on)).orElseGet(signal));
      TorchSignal unused = ready.put(batch, made);
      if (unused != null) {
        unused.close();
      }
    } catch (RuntimeException e) {
      // Without an upload the signal is made when it is asked for.
    }
  }

  private static TorchSignal make(Supplier<TorchSignal> signal, Stream stream) {
    DeviceGuardImplInterface streams = torch.getDeviceGuardImpl(stream.device_type());
    Stream before = streams.exchangeStream(stream);
    try {
      TorchSignal made = signal.get();
      // Here nobody waits for this thread; and the stream that computes need not wait for an event.
      stream.synchronize();
      return made;
    } finally {
      streams.exchangeStream(before);
    }
  }

  /** The signal of a batch that was made ahead, once; it is the caller's. */
  Optional<TorchSignal> take(Batch batch) {
    Optional<TorchSignal> made = Optional.ofNullable(ready.remove(batch));
    if (stream.isPresent()) {
      made.ifPresent(TorchSignal::useOnThisStream);
    }
    return made;
  }

  @Override
  public void close() {
    ready.values().forEach(TorchSignal::close);
    ready.clear();
  }
}
