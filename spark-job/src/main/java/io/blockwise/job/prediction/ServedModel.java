package io.blockwise.job.prediction;

import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.model.artifact.ModelVersion;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * A model and its network in an executor, which tasks use one after the other: reading a model and
 * loading an engine take longer than many a partition. Used by one task at a time.
 */
public final class ServedModel implements AutoCloseable {
  private static final Map<Key, Deque<ServedModel>> IDLE = new HashMap<>();

  private record Key(ModelPlace place, EngineChoice engine) {}

  private final Key key;
  private final ModelVersion version;
  private final ServedNetwork network;

  private ServedModel(Key key, ModelVersion version, ServedNetwork network) {
    this.key = key;
    this.version = version;
    this.network = network;
  }

  /** One that no task uses, or a new one; to be given back or closed. */
  public static ServedModel borrow(ModelPlace place, EngineChoice engine)
      throws IOException, InterruptedException {
    Key key = new Key(place, engine);
    synchronized (IDLE) {
      Deque<ServedModel> idle = IDLE.get(key);
      if (idle != null && !idle.isEmpty()) {
        return idle.pop();
      }
    }
    ModelVersion version = place.read(HadoopSettings.current());
    return new ServedModel(key, version, new ServedNetwork(version, engine));
  }

  /** What was published. */
  public ModelVersion version() {
    return version;
  }

  /** On a thread of its own. */
  public ServedNetwork network() {
    return network;
  }

  /** For the next task. */
  public void giveBack() {
    synchronized (IDLE) {
      IDLE.computeIfAbsent(key, unused -> new ArrayDeque<>()).push(this);
    }
  }

  /** Closes those that no task of this process uses. */
  public static void closeIdle() {
    synchronized (IDLE) {
      IDLE.values().forEach(idle -> idle.forEach(ServedModel::close));
      IDLE.clear();
    }
  }

  @Override
  public void close() {
    network.close();
  }
}
