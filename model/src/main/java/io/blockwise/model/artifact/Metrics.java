package io.blockwise.model.artifact;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requireWithin;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.blockwise.base.IfAbsent;
import java.util.ArrayList;
import java.util.List;

/**
 * What a version reached and what that took: {@code metrics.json}, whose keys (these names in
 * snake_case) are a contract with other programs. Immutable.
 *
 * @param validation of the published snapshot: the epoch whose last block was best on validation
 * @param test of the same snapshot, read once, or not at all
 * @param selectedEpoch the snapshot's epoch, from 1
 * @param epochs epochs that were trained
 * @param examplesPerSecond data set rows trained by all workers over the training clock, which
 *     leaves out preparation and evaluation
 * @param seconds wall time of the whole run
 * @param waitForDataShare of the training time, 0..1
 * @param cost what training took beside time; {@link Cost#UNKNOWN} in versions from before it was
 *     measured
 * @param dynamics of blocks that stopped or joined; {@link Dynamics#UNKNOWN} in versions from
 *     before there were any
 */
public record Metrics(
    Accuracies validation,
    TestFigures test,
    int selectedEpoch,
    int epochs,
    int workers,
    double examplesPerSecond,
    double seconds,
    ParameterCounts parameters,
    Pushes pushes,
    double waitForDataShare,
    @IfAbsent("{\"step_seconds\":0,\"peak_memory_bytes\":0,\"pushed_bytes\":0,\"pulled_bytes\":0}")
        Cost cost,
    @IfAbsent("{\"trained_epochs\":[],\"compute_saved\":0,\"pushed_bytes_saved\":0}")
        Dynamics dynamics) {
  public Metrics {
    requireAtLeast("selected_epoch", selectedEpoch, 1);
    requireAtLeast("epochs", epochs, selectedEpoch);
    requireAtLeast("workers", workers, 1);
    requireWithin("examples_per_second", examplesPerSecond, 0, Double.MAX_VALUE);
    requireWithin("seconds", seconds, 0, Double.MAX_VALUE);
    requireWithin("wait_for_data_share", waitForDataShare, 0, 1);
    if (test.exists() && validation.accuracy().size() != test.accuracy().size()) {
      throw invalid("test.accuracy", test, "must have one entry per block, as " + validation);
    }
  }

  /** The same with what was measured on test later. */
  public Metrics with(TestFigures figures) {
    return new Metrics(
        validation,
        figures,
        selectedEpoch,
        epochs,
        workers,
        examplesPerSecond,
        seconds,
        parameters,
        pushes,
        waitForDataShare,
        cost,
        dynamics);
  }

  /**
   * Shares of correctly classified rows of one split.
   *
   * @param accuracy one per block in block order, 0..1
   */
  public record Accuracies(List<Double> accuracy) {
    public Accuracies {
      accuracy = List.copyOf(accuracy);
      accuracy.forEach(share -> requireWithin("accuracy", share, 0, 1));
    }
  }

  /**
   * How the test split was answered.
   *
   * <p>Always true: a square matrix for every block, or none at all, as in versions from before
   * they were counted.
   *
   * @param accuracy one per block in block order, 0..1; empty if the split was not read
   * @param confusion for every block rows of test by their class (outer) and by the class that was
   *     answered (inner)
   */
  public record TestFigures(
      List<Double> accuracy, @IfAbsent("[]") List<List<List<Long>>> confusion) {
    /** Of a run that has left the split alone. */
    public static final TestFigures NONE = new TestFigures(List.of(), List.of());

    public TestFigures {
      accuracy = new Accuracies(accuracy).accuracy();
      confusion = confusion.stream().map(TestFigures::copy).toList();
      if (!confusion.isEmpty() && confusion.size() != accuracy.size()) {
        throw invalid("test.confusion", confusion.size(), "must be for " + accuracy.size());
      }
    }

    /** Whether the split was read. */
    public boolean exists() {
      return !accuracy.isEmpty();
    }

    private static List<List<Long>> copy(List<List<Long>> matrix) {
      for (List<Long> row : matrix) {
        if (row.size() != matrix.size() || row.stream().anyMatch(count -> count < 0)) {
          throw invalid("test.confusion", row, "must be " + matrix.size() + " counts");
        }
      }
      return matrix.stream().map(List::copyOf).toList();
    }

    /**
     * Share of every class that was answered correctly, by block; null for a class without rows.
     */
    @JsonProperty
    public List<List<Double>> classAccuracy() {
      return confusion.stream().map(TestFigures::classAccuracy).toList();
    }

    private static List<Double> classAccuracy(List<List<Long>> matrix) {
      List<Double> shares = new ArrayList<>();
      for (List<Long> row : matrix) {
        long rows = row.stream().mapToLong(Long::longValue).sum();
        shares.add(rows == 0 ? null : row.get(shares.size()) / (double) rows);
      }
      return shares;
    }
  }

  /**
   * Trainable values of all blocks.
   *
   * @param body of the layers, which alone are needed to go on to the next block
   * @param heads of the projections, which only training needs
   * @param exits of the classifiers
   */
  public record ParameterCounts(long body, long heads, long exits) {}

  /**
   * What became of the pushes of all blocks.
   *
   * <p>Always true: {@code received = accepted + dropped + duplicate + fenced + refused}.
   *
   * @param sent by the workers; equals {@code received} in a run without faults
   */
  public record Pushes(
      long sent,
      long received,
      long accepted,
      long dropped,
      long duplicate,
      long fenced,
      long refused) {
    public Pushes {
      long sum = accepted + dropped + duplicate + fenced + refused;
      if (received != sum) {
        throw invalid("pushes.received", received, "must be the sum of its kinds, " + sum);
      }
    }
  }

  /**
   * What training took beside time.
   *
   * @param stepSeconds time of a worker's step: median of the epochs' means; 0 if not known
   * @param peakMemoryBytes most memory of a process with workers, heap and native together; 0 if it
   *     could not be measured, as of one among several runs in the process
   * @param pushedBytes from workers to the driver over the network
   * @param pulledBytes from the driver to workers
   */
  public record Cost(double stepSeconds, long peakMemoryBytes, long pushedBytes, long pulledBytes) {
    /** Of which nothing was measured. */
    public static final Cost UNKNOWN = new Cost(0, 0, 0, 0);

    public Cost {
      requireWithin("cost.step_seconds", stepSeconds, 0, Double.MAX_VALUE);
      requireWithin("cost.peak_memory_bytes", peakMemoryBytes, 0, Long.MAX_VALUE);
      requireWithin("cost.pushed_bytes", pushedBytes, 0, Long.MAX_VALUE);
      requireWithin("cost.pulled_bytes", pulledBytes, 0, Long.MAX_VALUE);
    }
  }

  /**
   * What blocks that did not train all the time saved, against a run in which all do.
   *
   * @param trainedEpochs epochs in which each block trained, in block order; empty if not known
   * @param computeSaved share of the operations, by the specification, that was not computed, 0..1
   * @param pushedBytesSaved of pushes that were not sent, without rows of tables; what they would
   *     have taken on a network also where there is none
   */
  public record Dynamics(List<Integer> trainedEpochs, double computeSaved, long pushedBytesSaved) {
    /** Of which nothing is known. */
    public static final Dynamics UNKNOWN = new Dynamics(List.of(), 0, 0);

    public Dynamics {
      trainedEpochs = List.copyOf(trainedEpochs);
      trainedEpochs.forEach(count -> requireAtLeast("dynamics.trained_epochs", count, 0));
      requireWithin("dynamics.compute_saved", computeSaved, 0, 1);
      requireWithin("dynamics.pushed_bytes_saved", pushedBytesSaved, 0, Long.MAX_VALUE);
    }
  }
}
