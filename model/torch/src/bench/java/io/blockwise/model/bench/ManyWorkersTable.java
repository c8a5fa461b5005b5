package io.blockwise.model.bench;

import io.blockwise.model.averaging.ManyWorkers;
import io.blockwise.model.averaging.ManyWorkers.Rule;
import io.blockwise.model.averaging.ManyWorkers.Setting;
import java.util.Locale;

/**
 * Simulates many workers under every rule of averaging, and prints the accuracies (percent, means
 * over seeds) as tables.
 *
 * <pre>
 *   mvn -q -Pbench -pl model/torch -am process-test-classes -Dbench=ManyWorkersTable -Dbench.args=3
 * </pre>
 */
public final class ManyWorkersTable {
  private static final int[] WORKERS = {2, 4, 8, 16};
  private static final int[] LATENCIES = {2, 24};

  private ManyWorkersTable() {}

  /** The first argument is the number of seeds. */
  public static void main(String[] arguments) throws InterruptedException {
    int seeds = arguments.length == 0 ? 3 : Integer.parseInt(arguments[0]);
    for (double rate : new double[] {ManyWorkers.CAREFUL_RATE, ManyWorkers.BEST_RATE}) {
      Setting one = new Setting(1, false, LATENCIES[0], rate);
      System.out.printf("%nRate %s, one worker: %s%n", rate, cell(Rule.AVERAGE, one, seeds));
      table("equal speeds", false, rate, seeds);
      table("half at a third of the speed", true, rate, seeds);
    }
  }

  private static void table(String title, boolean halfSlow, double rate, int seeds)
      throws InterruptedException {
    System.out.printf("%n| %s |", title);
    for (int latency : LATENCIES) {
      for (int workers : WORKERS) {
        System.out.printf(" L = %d, %d |", workers, latency);
      }
    }
    System.out.printf("%n| --- |%s%n", " --- |".repeat(WORKERS.length * LATENCIES.length));
    for (Rule rule : Rule.values()) {
      System.out.printf("| %s |", rule);
      for (int latency : LATENCIES) {
        for (int workers : WORKERS) {
          Setting setting = new Setting(workers, halfSlow, latency, rate);
          System.out.printf(" %s |", cell(rule, setting, seeds));
        }
      }
      System.out.println();
    }
  }

  private static String cell(Rule rule, Setting setting, int seeds) throws InterruptedException {
    double sum = 0;
    for (int seed = 1; seed <= seeds; seed++) {
      sum += ManyWorkers.accuracy(rule, setting, seed);
    }
    return String.format(Locale.ROOT, "%.1f", 100 * sum / seeds);
  }
}
