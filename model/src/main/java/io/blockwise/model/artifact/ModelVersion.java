package io.blockwise.model.artifact;

import io.blockwise.base.Checks;
import io.blockwise.base.FileNames;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A trained model as it is published.
 *
 * <p>Always true: as many block states and accuracies as the network has blocks, and as many words
 * as its texts have ids. Immutable.
 *
 * @param id of the run that trained it; letters, digits, dots, dashes and underscores
 * @param vocabulary word of every id, the first two of which are none; empty if it reads no texts
 * @param blocks in block order
 * @param provenance where the model comes from (configuration, fingerprint of the data, seed, code,
 *     times, library versions), as JSON values
 */
public record ModelVersion(
    String id,
    ModelDescription description,
    List<String> vocabulary,
    List<StoredBlock> blocks,
    Metrics metrics,
    Map<String, Object> provenance) {
  public ModelVersion {
    requireId(id);
    vocabulary = List.copyOf(vocabulary);
    blocks = List.copyOf(blocks);
    int words = ids(description);
    if (vocabulary.size() != words) {
      throw Checks.invalid("vocabulary", vocabulary.size(), "must have " + words + " lines");
    }
    // Not Map.copyOf: the order of the keys is the caller's, and null is a JSON value.
    provenance = Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
    int expected = description.network().blocks().size();
    if (blocks.size() != expected) {
      throw Checks.invalid("blocks", blocks.size(), "must be the network's " + expected);
    }
    if (metrics.validation().accuracy().size() != expected) {
      throw Checks.invalid(
          "validation.accuracy", metrics.validation(), "must have " + expected + " entries");
    }
  }

  /**
   * The model on an engine, to be closed by the thread that called this.
   *
   * @param engine belongs to the network from here on, also if this fails
   */
  public DecoupledNetwork on(Engine engine) {
    DecoupledNetwork network = new DecoupledNetwork(engine, description.network(), 0);
    try {
      for (int k = 0; k < blocks.size(); k++) {
        blocks.get(k).adoptInto(network.blocks().get(k));
      }
      return network;
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /** Ids of tokens that a model reads; 0 if it reads none. */
  static int ids(ModelDescription description) {
    return description.network().input() instanceof Shape.Tokens tokens ? tokens.vocabulary() : 0;
  }

  /** Refuses what cannot be the name of one directory. */
  static String requireId(String id) {
    return FileNames.require("run-id", id);
  }
}
