package io.blockwise.job.training.growth;

import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.averaging.TrainedBlocks;
import io.blockwise.model.spec.cut.Cost;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Counts what a run does not compute and does not send because some blocks do not train: against
 * one that trains all of them in all its epochs. Operations are those of the specification: a step
 * takes three times as many as a pass forward, which is what a frozen block takes. Used by one
 * thread.
 */
final class Savings {
  private static final int STEP = 3;

  private final List<Long> flops;
  private final List<Long> pushBytes;
  private final int epochs;
  private final int[] trainedEpochs;
  private double computed;
  private long examples;
  private long sent;
  private int done;

  /**
   * @param costs of every block
   * @param pushBytes of a push of every block
   * @param epochs of the whole run
   */
  Savings(List<Cost> costs, List<Long> pushBytes, int epochs) {
    this.flops = costs.stream().map(Cost::flops).toList();
    this.pushBytes = List.copyOf(pushBytes);
    this.epochs = epochs;
    trainedEpochs = new int[costs.size()];
  }

  /**
   * Notes an epoch.
   *
   * @param examples that were trained on
   * @param sent pushes
   */
  void epoch(TrainedBlocks trained, long examples, long sent) {
    done++;
    this.examples += examples;
    this.sent += sent;
    for (int k = 0; k < trained.joined(); k++) {
      boolean trains = k >= trained.frozen();
      computed += (double) examples * flops.get(k) * (trains ? STEP : 1);
      trainedEpochs[k] += trains ? 1 : 0;
    }
  }

  /** What was counted. Immutable. */
  record Counted(List<Integer> trainedEpochs, double computed, long examples, long sent, int done)
      implements Serializable {}

  Counted counted() {
    return new Counted(
        Arrays.stream(trainedEpochs).boxed().toList(), computed, examples, sent, done);
  }

  void restore(Counted counted) {
    for (int k = 0; k < trainedEpochs.length; k++) {
      trainedEpochs[k] = counted.trainedEpochs().get(k);
    }
    computed = counted.computed();
    examples = counted.examples();
    sent = counted.sent();
    done = counted.done();
  }

  Metrics.Dynamics total() {
    List<Integer> trained = Arrays.stream(trainedEpochs).boxed().toList();
    return new Metrics.Dynamics(trained, computeShare(), pushedBytes());
  }

  private double computeShare() {
    double perEpoch = done == 0 ? 0 : (double) examples / done;
    double all = STEP * perEpoch * epochs * flops.stream().mapToLong(Long::longValue).sum();
    boolean nothing = all == 0 || Arrays.stream(trainedEpochs).allMatch(count -> count == epochs);
    return nothing ? 0 : Math.max(0, 1 - computed / all);
  }

  private long pushedBytes() {
    int times = Arrays.stream(trainedEpochs).sum();
    double pushes = times == 0 ? 0 : (double) sent / times;
    return Math.round(
        IntStream.range(0, trainedEpochs.length)
            .mapToDouble(k -> pushes * (epochs - trainedEpochs[k]) * pushBytes.get(k))
            .sum());
  }
}
