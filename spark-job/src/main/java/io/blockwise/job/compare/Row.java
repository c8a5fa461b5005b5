package io.blockwise.job.compare;

import io.blockwise.job.config.Settings;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A configuration and what its seeds have come to so far. Immutable.
 *
 * @param entries one per seed, at least one
 */
record Row(String configuration, List<Standings.Entry> entries) {
  Row {
    entries = List.copyOf(entries);
  }

  /** Of the first seed; others differ in the seed and the model's name only. */
  Settings settings() {
    return entries.get(0).run().settings();
  }

  /** Of the seeds that are done. */
  List<Result> results() {
    return entries.stream().flatMap(entry -> entry.result().stream()).toList();
  }

  /** Blocks of its network; 0 if no seed is done. */
  int blocks() {
    return results().stream().mapToInt(Row::blocks).max().orElse(0);
  }

  private static int blocks(Result result) {
    return result.metrics().test().accuracy().size();
  }

  /** A figure over the seeds that are done; empty if none is, or one of them lacks it (is 0). */
  Optional<Mean> mean(ToDoubleFunction<Result> figure) {
    List<Double> values = results().stream().map(figure::applyAsDouble).toList();
    return values.isEmpty() || values.contains(0.0)
        ? Optional.empty()
        : Optional.of(Mean.of(values));
  }

  /** Accuracy of every block on test, 0..1; empty if no seed is done. */
  List<Mean> test() {
    return accuracies(result -> result.metrics().test().accuracy());
  }

  /** Accuracy of every block on validation, 0..1; empty if no seed is done. */
  List<Mean> validation() {
    return accuracies(result -> result.metrics().validation().accuracy());
  }

  private List<Mean> accuracies(Function<Result, List<Double>> split) {
    return IntStream.range(0, blocks())
        .mapToObj(k -> Mean.of(results().stream().map(each -> split.apply(each).get(k)).toList()))
        .toList();
  }
}
