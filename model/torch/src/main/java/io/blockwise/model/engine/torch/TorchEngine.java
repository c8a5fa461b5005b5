package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.EngineDescription;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.Step;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.bytedeco.pytorch.Tensor;

/** The engine on libtorch. One per replica; used by one thread. */
public final class TorchEngine implements Engine {
  private final Device device;
  private final Host host;
  private final Autocast autocast;
  private final Float32Products products;
  private final Optional<Uploads> uploads;

  /** An engine on the CPU, in single precision. */
  public TorchEngine() {
    this(Device.CPU, Precision.FLOAT32);
  }

  /**
   * Loads the native library.
   *
   * @throws io.blockwise.model.engine.EngineUnavailableException if it cannot be loaded, or has no
   *     such device, or computes float32 otherwise in this process
   */
  public TorchEngine(Device device, Precision precision) {
    Library.load();
    Library.requireDevice(device);
    this.device = device;
    host = new Host(device);
    autocast = new Autocast(device, precision);
    products = Float32Products.of(device, precision);
    uploads = host.uploads();
  }

  @Override
  public String name() {
    return TorchProvider.NAME;
  }

  @Override
  public EngineDescription description() {
    return EngineDescription.of(this, Library.version(), device, Library.versions(device));
  }

  @Override
  public Block block(BlockSpec spec, Border in, int classes, RandomGenerator random) {
    return new TorchBlock(spec, in, classes, random, host, autocast);
  }

  @Override
  public void upload(Batch batch) {
    uploads.ifPresent(ahead -> ahead.begin(batch, () -> make(batch)));
  }

  @Override
  public Signal signal(Batch batch) {
    return host.compute(
        () -> uploads.flatMap(ahead -> ahead.take(batch)).orElseGet(() -> make(batch)));
  }

  private TorchSignal make(Batch batch) {
    int[] labels = Arrays.copyOf(batch.labels(), batch.rows());
    Optional<Texts> texts = batch.tokens().map(ids -> new Texts(host, ids, batch.rows()));
    Tensor input =
        texts
            .map(Texts::ids)
            .orElseGet(() -> host.rows(batch.inputs(), batch.rows(), batch.shape()));
    return new TorchSignal(
        host,
        input,
        host.zero(),
        new Labels(host, labels, batch.weights()),
        texts,
        Sides.of(host, batch),
        batch.chance());
  }

  @Override
  public void await(List<Step> steps) {
    TorchStep.await(host, steps);
  }

  @Override
  public void close() {
    uploads.ifPresent(Uploads::close);
    products.close();
  }
}
