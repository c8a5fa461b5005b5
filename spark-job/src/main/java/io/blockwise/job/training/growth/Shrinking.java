package io.blockwise.job.training.growth;

import io.blockwise.job.evaluation.PublishedModel;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.prediction.ModelPlace;
import io.blockwise.job.training.Publication;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.artifact.ModelDescription;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.NetworkSpec;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Leaves trailing blocks of a published model out that validation does not miss: the blocks that
 * are left are the same files. Immutable.
 */
public final class Shrinking {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private Shrinking() {}

  /**
   * Publishes the shortest prefix of a model that is good enough, if it is not all of it, and says
   * so on standard output.
   *
   * @param model {@code models/NAME} or one of its versions
   * @param drop by how much the accuracy on validation of its last block may be below that of the
   *     model's, 0..1
   * @throws io.blockwise.base.UserException if there is no such model, or it was altered
   * @throws io.blockwise.job.RunFailedException if a weight is no number
   */
  public static void run(String model, double drop) throws IOException {
    shrink(HadoopSettings.current(), model, drop, Clock.systemUTC(), System.out);
  }

  static void shrink(Configuration hadoop, String model, double drop, Clock clock, PrintStream out)
      throws IOException {
    ModelPlace place = ModelPlace.of(hadoop, model);
    ModelVersion version = place.read(hadoop);
    PublishedModel.requireNumbers("shrink", version);
    int blocks = version.blocks().size();
    int kept = kept(version, drop);
    out.print(table(version, kept));
    if (kept == blocks) {
      out.printf(
          Locale.ROOT,
          "All %d blocks are needed: none before the last is within %.2f points of it on"
              + " validation%n",
          blocks,
          100 * drop);
      return;
    }
    ModelStore store = new ModelStore(hadoop, new Path(place.directory()));
    String id = TIME.format(clock.instant()) + "-blocks" + kept;
    Path written = store.write(prefix(version, kept, id, drop));
    store.publish(id);
    out.printf(Locale.ROOT, "Published %d of %d blocks: %s%n", kept, blocks, written);
  }

  /** A block whose exit reads slow copies of the next one's layers cannot be the last. */
  private static int kept(ModelVersion version, double drop) {
    List<Double> accuracies = version.metrics().validation().accuracy();
    int blocks = accuracies.size();
    double least = accuracies.get(blocks - 1) - drop;
    for (int k = 1; k < blocks; k++) {
      BlockSpec last = version.description().network().blocks().get(k - 1);
      if (accuracies.get(k - 1) >= least && !last.momentum().exists()) {
        return k;
      }
    }
    return blocks;
  }

  private static String table(ModelVersion version, int kept) {
    StringBuilder text = new StringBuilder("  block  validation\n");
    List<Double> accuracies = version.metrics().validation().accuracy();
    for (int k = 0; k < accuracies.size(); k++) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %5d  %8.2f %%%s%n",
              k + 1,
              100 * accuracies.get(k),
              k < kept ? "" : "  left out"));
    }
    return text.toString();
  }

  private static ModelVersion prefix(ModelVersion version, int kept, String id, double drop) {
    ModelDescription whole = version.description();
    NetworkSpec network = prefix(whole.network(), kept);
    ModelDescription description =
        new ModelDescription(
            whole.name(),
            whole.dataKind(),
            whole.classes(),
            kept(whole, network, whole.fields()),
            network,
            whole.exits().ofFirst(kept));
    Map<String, Object> provenance = new LinkedHashMap<>(version.provenance());
    provenance.put("run_id", id);
    provenance.put("ancestor", new Ancestor(version).provenance());
    provenance.put("shrunk_by", Map.of("blocks", kept, "drop", drop));
    return new ModelVersion(
        id,
        description,
        kept(whole, network, version.vocabularies()),
        version.blocks().subList(0, kept),
        prefix(version.metrics(), kept, network),
        provenance);
  }

  /** What is left of fields that only blocks read which are dropped: nothing. */
  private static <T> Map<String, T> kept(
      ModelDescription whole, NetworkSpec network, Map<String, T> byField) {
    Map<String, T> kept = new LinkedHashMap<>(byField);
    Set<String> read = network.sides().keySet();
    kept.keySet().removeIf(field -> !field.equals(whole.mainField()) && !read.contains(field));
    return kept;
  }

  private static NetworkSpec prefix(NetworkSpec network, int kept) {
    List<BlockSpec> blocks = new ArrayList<>(network.blocks().subList(0, kept));
    blocks.set(kept - 1, blocks.get(kept - 1).ofSpan(1)); // which says only how it learned
    return new NetworkSpec(network.input(), network.classes(), blocks);
  }

  private static Metrics prefix(Metrics all, int kept, NetworkSpec network) {
    return new Metrics(
        new Metrics.Accuracies(first(all.validation().accuracy(), kept)),
        new Metrics.TestFigures(
            first(all.test().accuracy(), kept), first(all.test().confusion(), kept)),
        all.selectedEpoch(),
        all.epochs(),
        all.workers(),
        all.examplesPerSecond(),
        all.seconds(),
        Publication.parameters(network),
        all.pushes(),
        all.waitForDataShare(),
        all.cost(),
        new Metrics.Dynamics(
            first(all.dynamics().trainedEpochs(), kept),
            all.dynamics().computeSaved(),
            all.dynamics().pushedBytesSaved()));
  }

  /** Of older versions there may be none at all. */
  private static <T> List<T> first(List<T> all, int kept) {
    return all.subList(0, Math.min(kept, all.size()));
  }
}
