package io.blockwise.model.artifact;

import io.blockwise.base.Checks;
import io.blockwise.base.FileNames;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.network.DecoupledNetwork;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A trained model as it is published.
 *
 * <p>Always true: as many block states and accuracies as the network has blocks, and for every
 * field of texts as many words as it has ids. Immutable.
 *
 * @param id of the run that trained it; letters, digits, dots, dashes and underscores
 * @param vocabularies of every field of texts, by its name: word of every id, the first two of
 *     which are none
 * @param blocks in block order
 * @param provenance where the model comes from (configuration, fingerprint of the data, seed, code,
 *     times, library versions), as JSON values
 */
public record ModelVersion(
    String id,
    ModelDescription description,
    Map<String, List<String>> vocabularies,
    List<StoredBlock> blocks,
    Metrics metrics,
    Map<String, Object> provenance) {
  public ModelVersion {
    requireId(id);
    vocabularies = copied(vocabularies);
    blocks = List.copyOf(blocks);
    requireWords(description.ids(), vocabularies);
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

  private static Map<String, List<String>> copied(Map<String, List<String>> vocabularies) {
    Map<String, List<String>> copied = new LinkedHashMap<>();
    vocabularies.forEach((field, words) -> copied.put(field, List.copyOf(words)));
    return Collections.unmodifiableMap(copied);
  }

  private static void requireWords(
      Map<String, Integer> ids, Map<String, List<String>> vocabularies) {
    if (!ids.keySet().equals(vocabularies.keySet())) {
      throw Checks.invalid(
          "vocabularies", vocabularies.keySet(), "must be of the fields " + ids.keySet());
    }
    ids.forEach(
        (field, count) -> {
          int words = vocabularies.get(field).size();
          if (words != count) {
            throw Checks.invalid("vocabulary", words, "must have " + count + " lines");
          }
        });
  }

  /** Refuses what cannot be the name of one directory. */
  static String requireId(String id) {
    return FileNames.require("run-id", id);
  }
}
