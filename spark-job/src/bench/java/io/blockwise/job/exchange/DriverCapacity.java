package io.blockwise.job.exchange;

import io.blockwise.base.Names;
import io.blockwise.job.exchange.DriverLoad.Costs;
import io.blockwise.job.exchange.DriverLoad.Resource;
import io.blockwise.model.averaging.codec.Codec;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What one driver carries: how busy its links, threads and cores are for numbers of workers and
 * sizes of models, what is full first, and what helps then. The share of a resource is a formula
 * ({@link DriverLoad}); what is carried and how long a push takes comes from a simulation of the
 * queues ({@link DriverQueues}). The program fails where the two contradict each other.
 *
 * <pre>
 *   mvn -q -Pbench -pl spark-job -am process-test-classes -Djob.bench=exchange.DriverCapacity \
 *     -Dbench.args="8 150 4 8 10"
 * </pre>
 *
 * <p>Arguments: steps between pushes, milliseconds of a step, blocks, cores, Gbit/s of the link.
 */
final class DriverCapacity {
  // From ExchangeRate and LedgerFold, docs/performance.md.
  private static final Map<Codec, Double> LEDGER =
      new EnumMap<>(
          Map.of(
              Codec.FP32, 0.57,
              Codec.FP16, 0.60,
              Codec.BF16, 0.60,
              Codec.INT8, 0.58,
              Codec.INT4, 0.61));

  private static final Costs MEASURED = new Costs(0.12, LEDGER.get(Codec.FP32), 0.50);

  private static final int[] WORKERS = {16, 64, 256, 1024};
  private static final int[] MEGABYTES = {10, 50, 250};
  private static final int MANY_WORKERS = 1000;
  private static final int THEIR_MEGABYTES = 50;
  private static final long SEED = 1;

  // Near the limit queues are long, and the simulated time is short.
  private static final double CLEARLY_BELOW = 0.9;
  private static final double CLEARLY_ABOVE = 1.2;
  private static final double TOLERANCE = 0.05;

  private DriverCapacity() {}

  public static void main(String[] arguments) {
    DriverLoad base =
        new DriverLoad(
            WORKERS[0],
            MEGABYTES[0],
            Integer.parseInt(arguments[2]),
            Integer.parseInt(arguments[0]),
            Double.parseDouble(arguments[1]) / 1e3,
            1,
            Double.parseDouble(arguments[4]),
            Integer.parseInt(arguments[3]),
            1,
            MEASURED);
    System.out.printf(
        "A push every %d steps of %.0f ms, %d blocks, %d cores, %.0f Gbit/s, fp32%n%n",
        base.period(), base.stepSeconds() * 1e3, base.blocks(), base.cores(), base.gigabits());
    loads(base);
    codecs(base.withModel(THEIR_MEGABYTES).withWorkers(MANY_WORKERS));
    remedies(base);
  }

  private static DriverLoad withPushes(DriverLoad load, Codec codec) {
    int values = (int) Math.round(load.blockMegabytes() * 1e6 / Float.BYTES);
    double ratio = codec.bytes(values) / ((double) values * Float.BYTES);
    return load.withPushes(ratio, LEDGER.get(codec));
  }

  private static void codecs(DriverLoad base) {
    System.out.printf(
        "%d workers with %.0f MB, each block every %.0f s%n%n",
        base.workers(), base.modelMegabytes(), base.periodSeconds());
    row(
        "codec",
        "MB/s in",
        "MB/s out",
        "link in",
        "link out",
        "plugin thread",
        "ledger threads",
        "cores",
        "pushes/s offered",
        "carried",
        "settled after, s",
        "held, MB",
        "full from (workers)");
    row("---", "---", "---", "---", "---", "---", "---", "---", "---", "---", "---", "---", "---");
    for (Codec codec : Codec.values()) {
      codec(Names.of(codec), withPushes(base, codec));
    }
    System.out.println();
  }

  private static void codec(String name, DriverLoad load) {
    DriverQueues.Result result = DriverQueues.simulate(load, SEED);
    requireAgreement(load, result);
    row(
        name,
        String.format("%.0f", load.offered() * load.pushMegabytes()),
        String.format("%.0f", load.offered() * load.blockMegabytes()),
        percent(load.utilisation(Resource.LINK_IN)),
        percent(load.utilisation(Resource.LINK_OUT)),
        percent(load.utilisation(Resource.PLUGIN_THREAD)),
        percent(load.utilisation(Resource.LEDGER_THREAD)),
        percent(load.utilisation(Resource.CORES)),
        String.format("%.0f", load.offered()),
        String.format("%.0f", result.pushes()),
        String.format("%.2f", result.settlementSeconds()),
        String.format("%.0f", result.heldMegabytes()),
        load.mostWorkers() + 1);
  }

  private static void loads(DriverLoad base) {
    row(
        "model",
        "workers",
        "MB/s each way",
        "link",
        "plugin thread",
        "ledger threads",
        "cores",
        "pushes/s offered",
        "carried",
        "settled after, steps",
        "held, MB",
        "full from (workers)",
        "not full from (period)");
    row("---", "---", "---", "---", "---", "---", "---", "---", "---", "---", "---", "---", "---");
    for (int megabytes : MEGABYTES) {
      for (int workers : WORKERS) {
        load(base.withModel(megabytes).withWorkers(workers));
      }
    }
    System.out.println();
  }

  private static void load(DriverLoad load) {
    DriverQueues.Result result = DriverQueues.simulate(load, SEED);
    requireAgreement(load, result);
    row(
        String.format("%.0f MB", load.modelMegabytes()),
        load.workers(),
        String.format("%.0f", load.offered() * load.blockMegabytes()),
        percent(load.utilisation(Resource.LINK_OUT)),
        percent(load.utilisation(Resource.PLUGIN_THREAD)),
        percent(load.utilisation(Resource.LEDGER_THREAD)),
        percent(load.utilisation(Resource.CORES)),
        String.format("%.0f", load.offered()),
        String.format("%.0f", result.pushes()),
        String.format("%.1f", result.settlementSeconds() / load.stepSeconds()),
        String.format("%.0f", result.heldMegabytes()),
        load.mostWorkers() + 1,
        load.leastPeriod());
  }

  private static void requireAgreement(DriverLoad load, DriverQueues.Result result) {
    double ratio = result.pushes() / load.carried();
    boolean clear = load.highest() < CLEARLY_BELOW || load.highest() > CLEARLY_ABOVE;
    if (clear && Math.abs(ratio - 1) > TOLERANCE) {
      throw new IllegalStateException(
          load + " carries " + result.pushes() + " pushes/s, by the formula " + load.carried());
    }
  }

  /** How many workers each remedy lets a driver carry. */
  private static void remedies(DriverLoad base) {
    Map<String, DriverLoad> remedies = new LinkedHashMap<>();
    remedies.put("as above", base);
    remedies.put("period x 8", base.withPeriod(8 * base.period()));
    for (Codec codec : Codec.values()) {
      if (codec != Codec.FP32) {
        remedies.put("pushes in " + Names.of(codec), withPushes(base, codec));
      }
    }
    remedies.put("blocks x 2", base.withBlocks(2 * base.blocks()));
    remedies.put("cores x 2", base.withCores(2 * base.cores()));
    remedies.put("25 Gbit/s", base.withLink(25));
    DriverLoad wide = base.withLink(100);
    remedies.put("100 Gbit/s", wide);
    remedies.put("100 Gbit/s, blocks x 2", wide.withBlocks(2 * base.blocks()));
    remedies.put("100 Gbit/s, cores x 2", wide.withCores(2 * base.cores()));
    remedies.put("ledgers on two processes", base.withDrivers(2));
    row("most workers of a model of", "10 MB", "50 MB", "250 MB", "full first");
    row("---", "---", "---", "---", "---");
    remedies.forEach(
        (name, load) ->
            row(
                name,
                load.withModel(10).mostWorkers(),
                load.withModel(50).mostWorkers(),
                load.withModel(250).mostWorkers(),
                load.bottleneck().name().toLowerCase(Locale.ROOT).replace('_', ' ')));
  }

  private static void row(Object... cells) {
    StringBuilder row = new StringBuilder("|");
    for (Object cell : cells) {
      row.append(' ').append(cell).append(" |");
    }
    System.out.println(row);
  }

  private static String percent(double share) {
    return String.format("%.0f %%", 100 * share);
  }
}
