package io.blockwise.job.prediction;

import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.model.artifact.ModelVersion;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model and its network in an executor, which tasks use one after the other: reading a model and
 * loading an engine take longer than many a partition. Used by one task at a time.
 */
public final class ServedModel implements AutoCloseable {
  /** Of a search over many models the ones before are asked no more. */
  private static final int MODELS = 2;

  /** Those that answered last come last. */
  private static final Map<Key, Deque<ServedModel>> IDLE = new LinkedHashMap<>();

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

  /** For the next task, unless two other models are asked before it. */
  public void giveBack() {
    List<ServedModel> former = new ArrayList<>();
    synchronized (IDLE) {
      Deque<ServedModel> own = IDLE.remove(key);
      Deque<ServedModel> idle = own == null ? new ArrayDeque<>() : own;
      idle.push(this);
      IDLE.put(key, idle);
      while (IDLE.size() > MODELS) {
        former.addAll(IDLE.remove(IDLE.keySet().iterator().next()));
      }
    }
    former.forEach(ServedModel::close);
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
