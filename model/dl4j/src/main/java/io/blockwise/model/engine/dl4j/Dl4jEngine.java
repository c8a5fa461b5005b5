package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.EngineDescription;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.factory.Nd4j;

/** The engine on ND4J's native operations. One per replica; used by one thread. */
public final class Dl4jEngine implements Engine {
  /** Of texts as long as they are: a signal looks at how long its own are. */
  private static final Shape TEXTS = Shape.tokens(Integer.MAX_VALUE, Integer.MAX_VALUE);

  private final Device device;
  private NativeSignal.Pool inputs;
  private Shape inputShape;
  private float[] channelsLast = new float[0];

  /** An engine on the CPU. */
  public Dl4jEngine() {
    this(Device.CPU);
  }

  /**
   * Loads the native library.
   *
   * @throws IllegalStateException if this process has loaded the one for another kind of device
   */
  public Dl4jEngine(Device device) {
    Backends.use(device);
    this.device = device;
    // Blocks own their arrays; a periodic collection would only stop the threads that train.
    Nd4j.getMemoryManager().togglePeriodicGc(false);
  }

  @Override
  public String name() {
    return Dl4jProvider.NAME;
  }

  @Override
  public EngineDescription description() {
    return EngineDescription.of(this, Backends.version(), device, Map.of());
  }

  @Override
  public Block block(BlockSpec spec, Border in, int classes, RandomGenerator random) {
    return new Dl4jBlock(spec, in, classes, random);
  }

  /** On a GPU ND4J gives every thread a stream of its own, and lets none wait for another's. */
  @Override
  public Optional<String> refusalOfThreads() {
    return device.kind() == Device.Kind.CPU
        ? Optional.empty()
        : Optional.of("engine dl4j has a thread per block on the CPU only");
  }

  @Override
  public Signal signal(Batch batch) {
    Optional<Texts> ofTokens = batch.tokens().map(ids -> new Texts(ids, batch.rows()));
    BatchRows rows =
        new BatchRows(
            Arrays.copyOf(batch.labels(), batch.rows()), batch.weights(), ofTokens, batch.chance());
    if (ofTokens.isPresent()) {
      NativeSignal signal = inputs(TEXTS).signal(rows);
      Maths.write(ofTokens.get().ids(), signal.activation());
      return signal;
    }
    NativeSignal signal = inputs(batch.shape()).signal(rows);
    Maths.write(toChannelsLast(batch), 0, signal.activation());
    return signal;
  }

  private NativeSignal.Pool inputs(Shape shape) {
    if (!shape.equals(inputShape)) {
      close();
      inputShape = shape;
      inputs = new NativeSignal.Pool(inputShape);
    }
    return inputs;
  }

  @Override
  public void close() {
    if (inputs != null) {
      inputs.close();
    }
  }

  private float[] toChannelsLast(Batch batch) {
    if (!(inputShape instanceof Shape.FeatureMap)) {
      return batch.inputs();
    }
    int elements = inputShape.elements();
    if (channelsLast.length < batch.rows() * elements) {
      channelsLast = new float[batch.rows() * elements];
    }
    int positions = elements / inputShape.channels();
    for (int row = 0; row < batch.rows(); row++) {
      NativeSignal.transpose(
          batch.inputs(), channelsLast, row * elements, inputShape.channels(), positions);
    }
    return channelsLast;
  }
}
