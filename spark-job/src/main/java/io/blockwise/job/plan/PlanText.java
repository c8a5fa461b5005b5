package io.blockwise.job.plan;

import static io.blockwise.job.plan.MemoryModel.MEBI;

import io.blockwise.base.Names;
import io.blockwise.job.exchange.wire.WireSize;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A plan for people. Used by one thread. */
final class PlanText {
  private final Plan plan;
  private final StringBuilder text = new StringBuilder();

  private PlanText(Plan plan) {
    this.plan = plan;
  }

  /** All of it, with a newline at the end of every line. */
  static String of(Plan plan) {
    PlanText text = new PlanText(plan);
    text.head();
    text.workers();
    text.steps();
    text.blocks();
    text.memory();
    text.exchange();
    text.speed();
    text.settings();
    text.line("Not yet verified on a GPU: all figures are for the CPU.");
    return text.text.toString();
  }

  private void head() {
    line(
        "Plan of %s: method %s, input %s, %d classes",
        plan.settings().model().name(),
        Names.of(plan.settings().network().method()),
        plan.rows().shape(),
        plan.rows().classes());
    if (plan.rows().prepared()) {
      line(
          "Data set %s: %d rows of train in %d shards",
          plan.dataset(), plan.rows().ofTrain(), plan.rows().train().size());
    } else if (plan.rows().isCounted()) {
      line("Data set %s is not prepared yet: counted by the configuration", plan.dataset());
    } else {
      line(
          "Data set %s is not prepared yet: shards, steps and traffic are not known"
              + " (make it with bin/blockwise prepare)",
          plan.dataset());
    }
  }

  private void workers() {
    Offer offer = plan.offer();
    int wanted = plan.settings().workers().count();
    title("Workers");
    if (offer.isLocal()) {
      item("master", "%s: threads of one process, no executors", offer.master());
      int used = offer.threads() * plan.workers();
      if (used > offer.cores().orElse(used)) {
        item("cores", "%d for %d threads in all: they will wait", offer.cores().getAsInt(), used);
      }
    } else {
      item("master", "%s", offer.master());
      item("executors", "%s", known(offer.executors().orElse(0)));
      item("cores of each", "%s", known(offer.cores().orElse(0)));
      item("slots", "%s", known(offer.slots().orElse(0)));
    }
    item(
        "workers",
        "%d%s, %d in a process",
        plan.workers(),
        plan.workers() < wanted ? " of the " + wanted + " configured: there are no more slots" : "",
        offer.workersPerProcess(plan.workers()));
    item("threads of each", "%d", offer.threads());
    offer.missing().forEach(sentence -> item("to know more", "%s", sentence));
  }

  private static String known(int count) {
    return count == 0 ? "not known" : Integer.toString(count);
  }

  private void steps() {
    if (plan.schedule().isEmpty()) {
      return;
    }
    Schedule schedule = plan.schedule().get();
    long rows = plan.rows().ofTrain();
    title("Steps");
    item("shards of a worker", "%s", range(schedule.shards()));
    item("steps of a worker", "%s in an epoch", range(schedule.steps()));
    item(
        "steps of all",
        "%d in an epoch, %d in all %d",
        schedule.stepsOfEpoch(),
        schedule.stepsOfRun(),
        plan.settings().training().epochs());
    if (schedule.workers() > 1) {
      item(
          "",
          "%d workers each make 1/%d of the steps of an epoch: more workers may need more epochs",
          schedule.workers(),
          schedule.workers());
    }
    boolean whole = plan.settings().lease().seconds() == 0 || plan.settings().isDeterministic();
    item(
        "rows left out",
        "%d of %d in an epoch%s",
        schedule.rowsLeftOut(),
        rows,
        whole ? "" : " at least: every lease leaves out its last incomplete batch");
  }

  private static <T extends Comparable<T>> String range(List<T> counts) {
    T least = Collections.min(counts);
    T most = Collections.max(counts);
    return least.equals(most) ? least.toString() : least + " to " + most;
  }

  private void blocks() {
    title("Blocks");
    line(
        "  %5s %12s %10s %8s %10s %12s %12s %13s",
        "block", "body", "head", "exit", "statistics", "push", "reply", "pushes/epoch");
    List<BlockSize> blocks = plan.rehearsal().blocks();
    for (int k = 0; k < blocks.size(); k++) {
      BlockSize block = blocks.get(k);
      row(Integer.toString(k + 1), block, k);
    }
    row("all", sum(blocks), -1);
  }

  private void row(String name, BlockSize block, int index) {
    String push = "";
    String reply = "";
    String pushes = "";
    if (plan.exchange().isPresent()) {
      Exchange exchange = plan.exchange().get();
      WireSize size =
          index < 0
              ? exchange.push().stream().reduce(WireSize.NONE, WireSize::plus)
              : exchange.push().get(index);
      push = bytes(size.pushed());
      reply = bytes(size.pulled());
      pushes = Long.toString(index < 0 ? exchange.pushesOfEpoch() : exchange.pushes().get(index));
    }
    line(
        "  %5s %12d %10d %8d %10d %12s %12s %13s",
        name, block.body(), block.head(), block.exit(), block.statistics(), push, reply, pushes);
  }

  private static BlockSize sum(List<BlockSize> blocks) {
    return blocks.stream()
        .reduce(
            new BlockSize(0, 0, 0, 0, 0),
            (a, b) ->
                new BlockSize(
                    a.body() + b.body(),
                    a.head() + b.head(),
                    a.exit() + b.exit(),
                    a.statistics() + b.statistics(),
                    a.optimiser() + b.optimiser()));
  }

  private void memory() {
    Memory memory = plan.process();
    title(plan.offer().isLocal() ? "Memory of the process" : "Memory of an executor");
    item("heap in use", "%s", bytes(memory.heap()));
    item(
        "heap, with garbage",
        "%s of at most %s",
        bytes(memory.touched()),
        bytes(memory.heapSetting()));
    item("outside the heap", "%s", bytes(memory.nativeBytes()));
    item(
        "resident",
        "about %s, at most %s",
        bytes(memory.resident()),
        bytes(memory.heapSetting() + memory.nativeBytes()));
    if (plan.offer().kind() == Offer.Kind.STANDALONE) {
      item("", "nothing watches over it: the executor's machine has to have room for all of it");
    }
    if (!plan.rows().isCounted()) {
      item("", "without the rows of the data set, which may take up to data.memory of the heap");
    }
    if (plan.offer().isLocal() && !plan.rows().prepared()) {
      item("", "for training; preparing the data set in the same process takes more");
    }
    if (!plan.offer().isLocal()) {
      item("driver's heap in use", "%s", bytes(plan.driverHeap()));
    }
  }

  private void exchange() {
    if (plan.exchange().isEmpty()) {
      return;
    }
    Exchange exchange = plan.exchange().get();
    WireSize epoch = exchange.epoch();
    title("Exchange");
    if (plan.offer().isLocal()) {
      item("", "stays in the process; between processes it would be:");
    }
    item("pushes", "%d in an epoch", exchange.pushesOfEpoch());
    item("pushed", "%s in an epoch", bytes(epoch.pushed()));
    item("pulled", "%s in an epoch", bytes(epoch.pulled()));
    plan.epochSeconds()
        .ifPresent(
            seconds ->
                item(
                    "driver's network",
                    "%s/s in, %s/s out",
                    bytes((long) (epoch.pushed() / seconds)),
                    bytes((long) (epoch.pulled() / seconds))));
  }

  private void speed() {
    double step = plan.rehearsal().secondsPerStep();
    title("Speed");
    item(
        "step",
        "%.0f ms: median of %d steps of one worker with %s on this machine, random images",
        1e3 * step,
        plan.rehearsal().stepNanos().size(),
        plan.offer().threads() == 1 ? "1 thread" : plan.offer().threads() + " threads");
    plan.epochSeconds()
        .ifPresent(
            seconds ->
                item(
                    "epoch",
                    "%.1f s of training if every worker has such cores to itself",
                    seconds));
  }

  private void settings() {
    Offer offer = plan.offer();
    Memory memory = plan.process();
    List<String> settings = new ArrayList<>();
    if (offer.isLocal()) {
      settings.add("spark.driver.memory=" + mebi(MemoryModel.driverSetting(memory.heap())));
    } else {
      String threads = Integer.toString(offer.threads());
      settings.add("spark.executor.memory=" + mebi(MemoryModel.heapSetting(memory.heap())));
      if (offer.kind() == Offer.Kind.CONTAINERS) {
        settings.add(
            "spark.executor.memoryOverhead="
                + mebi(MemoryModel.overheadSetting(memory.nativeBytes())));
      }
      settings.add("spark.executor.cores=" + offer.cores().orElse(offer.threads()));
      settings.add("spark.task.cpus=" + threads);
      settings.add("spark.executorEnv.OMP_NUM_THREADS=" + threads);
      settings.add("spark.executorEnv.OPENBLAS_NUM_THREADS=" + threads);
      settings.add("spark.driver.memory=" + mebi(MemoryModel.driverSetting(plan.driverHeap())));
    }
    title("Settings");
    line(
        "%s",
        settings.stream()
            .map(setting -> "  --conf " + setting)
            .collect(Collectors.joining(System.lineSeparator())));
    line("");
  }

  private static String mebi(long bytes) {
    return bytes / MEBI + "m";
  }

  private static String bytes(long bytes) {
    if (bytes < MEBI) {
      return String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0);
    }
    return String.format(Locale.ROOT, "%.1f MiB", (double) bytes / MEBI);
  }

  private void title(String title) {
    line("");
    line("%s", title);
  }

  private void item(String name, String format, Object... values) {
    line("  %-20s  %s", name, String.format(Locale.ROOT, format, values));
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values).stripTrailing())
        .append(System.lineSeparator());
  }
}
