package io.blockwise.job.plan;

import static io.blockwise.job.plan.Memory.MEBI;

import io.blockwise.base.Names;
import io.blockwise.job.cli.Master;
import io.blockwise.job.device.Threads;
import io.blockwise.job.exchange.wire.WireSize;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.training.Expectation;
import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.AveragingOptions.Gain;
import io.blockwise.model.spec.NoiseScale;
import io.blockwise.model.spec.cut.Cost;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** A plan for people: titles, and below each rows of a name and what is to be said of it. */
final class PlanText {
  private static final String COLUMNS = "  %5s %12s %10s %8s %10s %12s %12s %13s";

  private static final String COSTS = "  %5s %12s %8s %16s %8s %12s %8s";

  private final Plan plan;
  private final Offer offer;
  private final boolean local;
  private final StringBuilder text = new StringBuilder();

  private PlanText(Plan plan) {
    this.plan = plan;
    this.offer = plan.offer;
    this.local = offer.isLocal();
  }

  /** All of it, with a newline at the end of every line. */
  static String of(Plan plan) {
    PlanText text = new PlanText(plan);
    text.head();
    text.workers();
    plan.schedule.ifPresent(text::steps);
    text.blocks();
    text.costs();
    text.memory();
    text.speed();
    plan.exchange.ifPresent(text::exchange);
    text.settings();
    text.line("%nNot yet verified on a GPU: all figures are for the CPU.");
    return text.text.toString();
  }

  private void head() {
    String reach = Names.of(plan.locality).replace('-', ' ');
    String method = Names.of(plan.settings.network().method()) + " (" + reach + ")";
    Object input = RowTransform.input(plan.data.schema());
    int classes = plan.data.classes();
    String name = plan.settings.model().name();
    line("Plan of %s: method %s, input %s, %d classes", name, method, input, classes);
    line("Data set %s%s", plan.settings.data().directory(), plan.data);
  }

  private void workers() {
    int workers = plan.workers;
    int wanted = plan.settings.workers().count();
    int threads = workers * offer.threads();
    title("Workers");
    row("master", offer.master().url() + (local ? ": threads of one process, no executors" : ""));
    if (local && threads > offer.cores().orElse(threads)) {
      row("cores", known(offer.cores()) + " for " + threads + " threads in all: they will wait");
    }
    if (!local) {
      row("executors", known(offer.executors()));
      row("cores of each", known(offer.cores()));
      row("slots", known(offer.slots()));
    }
    String fewer = " of the " + wanted + " configured: there are no more slots";
    String together = ", " + offer.workersPerProcess(workers) + " in a process";
    row("workers", workers + (workers < wanted ? fewer : "") + together);
    row("threads of each", offer.threads());
    offer.missing().forEach(sentence -> row("to know more", sentence));
  }

  private static String known(OptionalInt count) {
    return count.isPresent() ? Integer.toString(count.getAsInt()) : "not known";
  }

  private void steps(Schedule schedule) {
    int epochs = plan.settings.epochs();
    boolean whole = plan.settings.lease().seconds() == 0 || plan.settings.isDeterministic();
    String epoch = " in an epoch";
    title("Steps");
    row("shards of a worker", range(schedule.shards()));
    row("steps of a worker", range(schedule.steps()) + epoch);
    String all = ", " + schedule.stepsOfRun() + " in all " + epochs;
    row("steps of all", schedule.stepsOfEpoch() + epoch + all);
    Expectation.of(plan.settings, plan.workers)
        .sentences(schedule.stepsOfRun())
        .forEach(sentence -> row("", sentence));
    rates();
    String more = whole ? "" : " at least: every lease leaves out its last incomplete batch";
    row("rows left out", schedule.rowsLeftOut() + " of " + plan.data.ofTrain() + epoch + more);
  }

  private void rates() {
    List<String> rates = plan.rates.stream().map(rate -> rounded("%.3g", rate)).toList();
    boolean same = rates.stream().distinct().count() == 1;
    double factor = plan.settings.stepScale().rate().full(plan.workers);
    String scaled = factor == 1 ? "" : rounded(", %.2f times the configured", factor);
    String blocks = same ? "" : " (block by block)";
    row("learning rate", (same ? rates.get(0) : String.join(" ", rates)) + blocks + scaled);
    if (plan.settings.stepScale().noise() == NoiseScale.WORKERS && plan.workers > 1) {
      row("noise", "that of the mean of %d workers".formatted(plan.workers));
    }
    if (plan.settings.averaging().options().gain() != Gain.NONE && plan.workers > 1) {
      row("gain", rounded("1 to %.2f, as the workers' changes differ", Math.sqrt(plan.workers)));
    }
  }

  private String ofSlowerWorkers() {
    AveragingOptions options = plan.settings.averaging().options();
    int shortest = Math.max(1, options.period() / 4);
    int times = (options.period() + shortest - 1) / shortest;
    boolean more = options.periodBySpeed() && times > 1;
    return more ? ", slower workers up to " + times + " times as often" : "";
  }

  private static <T extends Comparable<T>> String range(List<T> counts) {
    T least = Collections.min(counts);
    T most = Collections.max(counts);
    return least.equals(most) ? least.toString() : least + " to " + most;
  }

  private void blocks() {
    title("Blocks");
    line(COLUMNS, "block", "body", "head", "exit", "statistics", "push", "reply", "pushes/epoch");
    for (int k = 0; k < plan.blocks.size(); k++) {
      int index = k;
      block(k + 1, plan.blocks.get(k), plan.exchange.map(known -> known.blocks().get(index)));
    }
    BlockSize sum = plan.blocks.stream().reduce(BlockSize::plus).orElseThrow();
    block("all", sum, plan.exchange.map(Exchange::all));
    plan.positives.warning().ifPresent(line -> row("", line));
  }

  private void block(Object name, BlockSize size, Optional<Exchange.Pushes> pushes) {
    line(
        COLUMNS,
        name,
        size.body(),
        size.head(),
        size.exit(),
        size.statistics(),
        pushes.map(known -> bytes(known.one().pushed())).orElse(""),
        pushes.map(known -> bytes(known.one().pulled())).orElse(""),
        pushes.map(known -> known.count() + "").orElse(""));
  }

  /** Of every block, by the specification and as measured. */
  private void costs() {
    title("Cost of a row, forward, by the specification, and of a training step, measured");
    line(COSTS, "block", "FLOPs/row", "share", "activations/row", "share", "time", "share");
    Cost all = plan.costs.stream().reduce(Cost.NONE, Cost::plus);
    List<Double> seconds = plan.rehearsal.secondsPerBlock();
    double time = seconds.stream().mapToDouble(Double::doubleValue).sum();
    for (int k = 0; k < plan.costs.size(); k++) {
      Cost cost = plan.costs.get(k);
      line(
          COSTS,
          k + 1,
          rounded("%.2f M", cost.flops() / 1e6),
          share(cost.flops(), all.flops()),
          bytes(cost.activationBytes()),
          share(cost.activationBytes(), all.activationBytes()),
          rounded("%.1f ms", 1e3 * seconds.get(k)),
          share(seconds.get(k), time));
    }
  }

  private static String share(double part, double all) {
    return rounded("%.0f %%", 100 * part / all);
  }

  private void memory() {
    Memory process = plan.process;
    title(local ? "Memory of the process" : "Memory of an executor");
    row("heap in use", bytes(process.heap()));
    row("outside the heap", bytes(process.outside()));
    String most = bytes(process.mostHeap() + process.outside());
    row("resident", "at least " + bytes(process.heap() + process.outside()) + ", at most " + most);
    if (offer.master().kind() == Master.Kind.STANDALONE) {
      row("", "nothing watches over it: the executor's machine has to have room for all of it");
    }
    if (plan.schedule.isEmpty()) {
      row("", "without the rows of the data set, which may take up to data.memory of the heap");
    }
    if (local && !plan.data.prepared()) {
      row("", "for training; preparing the data set in the same process takes more");
    }
    plan.driver.ifPresent(driver -> row("driver's heap in use", bytes(driver.heap())));
    if (plan.gainBytes() > 0) {
      row("", "of that " + bytes(plan.gainBytes()) + " for averaging.gain");
    }
  }

  private void speed() {
    Rehearsal.Result rehearsal = plan.rehearsal;
    double step = rehearsal.secondsPerStep();
    double all = plan.workers * plan.settings.training().batchSize() / step;
    String threads = offer.threads() == 1 ? "1 thread" : offer.threads() + " threads";
    String mean = " ms: median of " + rehearsal.steps() + " steps of one worker with " + threads;
    title("Speed");
    row("step", rounded("%.0f", 1e3 * step) + mean + " on this machine, random images");
    row("examples", rounded("%.0f/s of all workers if each has such cores to itself", all));
    plan.schedule.ifPresent(
        known -> row("epoch", rounded("%.1f s of training", plan.secondsOfEpoch())));
  }

  private void exchange(Exchange exchange) {
    WireSize epoch = exchange.epoch();
    double seconds = plan.secondsOfEpoch();
    title("Exchange");
    if (local) {
      row("", "stays in the process; between processes it would be:");
    }
    row("pushes", exchange.all().count() + " in an epoch" + ofSlowerWorkers());
    if (plan.blocks.stream().anyMatch(block -> block.table().rows() > 0)) {
      row("", "at most: only rows of words that occur travel, as if none came twice");
    }
    row("pushed", bytes(epoch.pushed()) + " in an epoch");
    row("pulled", bytes(epoch.pulled()) + " in an epoch");
    String in = bytes(epoch.pushed() / seconds) + "/s in, ";
    row("driver's network", in + bytes(epoch.pulled() / seconds) + "/s out");
  }

  private void settings() {
    Memory process = plan.process;
    title("Settings");
    if (local) {
      setting("spark.driver.memory", process.heapSetting() / MEBI + "m");
      return;
    }
    setting("spark.executor.memory", process.heapSetting() / MEBI + "m");
    if (offer.master().kind() == Master.Kind.CONTAINERS) {
      setting(Memory.OVERHEAD, process.overheadSetting() / MEBI + "m");
    }
    setting("spark.executor.cores", offer.cores().orElse(offer.threads()));
    setting("spark.task.cpus", offer.threads());
    Threads.environment(plan.settings.libraryThreads(offer.threads()))
        .forEach((name, value) -> setting("spark.executorEnv." + name, value));
    setting("spark.driver.memory", plan.driver.orElseThrow().heapSetting() / MEBI + "m");
  }

  private void setting(String key, Object value) {
    line("  --conf %s=%s", key, value);
  }

  private static String bytes(double bytes) {
    return bytes < MEBI ? rounded("%.1f KiB", bytes / 1024) : rounded("%.1f MiB", bytes / MEBI);
  }

  private static String rounded(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private void title(String title) {
    line("%n%s", title);
  }

  private void row(String name, Object value) {
    line("  %-20s  %s", name, value);
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
  }
}
