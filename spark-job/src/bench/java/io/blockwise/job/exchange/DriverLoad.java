package io.blockwise.job.exchange;

/**
 * What workers ask of a driver, and what the driver has. All workers push every one of {@code
 * blocks} equal blocks once per {@code period} steps, and read it back in single precision.
 * Immutable.
 *
 * @param modelMegabytes of the whole model in single precision
 * @param pushRatio bytes of a push by those of its values in single precision: 1 for fp32, 0.5 for
 *     fp16
 * @param gigabits of the driver's link per second, each way
 * @param cores of the driver
 * @param drivers processes between which the ledgers are divided, each with such a link and cores
 */
record DriverLoad(
    int workers,
    double modelMegabytes,
    int blocks,
    int period,
    double stepSeconds,
    double pushRatio,
    double gigabits,
    int cores,
    int drivers,
    Costs costs) {

  private static final double ROUNDING = 1e-6;

  /**
   * CPU time of the driver.
   *
   * @param plugin of Spark's one thread for plugins, in ms per MB that comes or goes
   * @param ledger of a block's ledger thread, in ms per MB of values of a push
   * @param rest of all other threads, in ms per MB that comes or goes
   */
  record Costs(double plugin, double ledger, double rest) {}

  /** What can be full. */
  enum Resource {
    LINK_IN,
    LINK_OUT,
    PLUGIN_THREAD,
    LEDGER_THREAD,
    CORES
  }

  /** Seconds between two pushes of a block by a worker. */
  double periodSeconds() {
    return period * stepSeconds;
  }

  double blockMegabytes() {
    return modelMegabytes / blocks;
  }

  double pushMegabytes() {
    return blockMegabytes() * pushRatio;
  }

  /** MB/s that a link carries each way. */
  double linkMegabytes() {
    return gigabits * 1e3 / Byte.SIZE;
  }

  /** Pushes per second of all workers if nothing is full. */
  double offered() {
    return workers * blocks / periodSeconds();
  }

  /** Share of its time that a resource would be busy if all that is offered were carried. */
  double utilisation(Resource resource) {
    double perDriver = offered() / drivers;
    double bothWays = pushMegabytes() + blockMegabytes();
    return switch (resource) {
      case LINK_IN -> perDriver * pushMegabytes() / linkMegabytes();
      case LINK_OUT -> perDriver * blockMegabytes() / linkMegabytes();
      case PLUGIN_THREAD -> perDriver * costs.plugin / 1e3 * bothWays;
      case LEDGER_THREAD -> offered() / blocks * costs.ledger / 1e3 * blockMegabytes();
      case CORES ->
          perDriver
              * ((costs.plugin + costs.rest) * bothWays + costs.ledger * blockMegabytes())
              / 1e3
              / cores;
    };
  }

  /** What is full first. */
  Resource bottleneck() {
    Resource most = Resource.LINK_IN;
    for (Resource resource : Resource.values()) {
      most = utilisation(resource) > utilisation(most) ? resource : most;
    }
    return most;
  }

  /** Utilisation of the bottleneck; above 1, not all that is offered is carried. */
  double highest() {
    return utilisation(bottleneck());
  }

  /** Workers at which the bottleneck is full. */
  int mostWorkers() {
    return (int) Math.floor(workers / highest() + ROUNDING);
  }

  /** Steps between pushes from which on nothing is full. */
  int leastPeriod() {
    return (int) Math.ceil(period * highest() - ROUNDING);
  }

  /** Pushes per second that can be carried. */
  double carried() {
    return offered() / Math.max(1, highest());
  }

  DriverLoad withWorkers(int other) {
    return new DriverLoad(
        other,
        modelMegabytes,
        blocks,
        period,
        stepSeconds,
        pushRatio,
        gigabits,
        cores,
        drivers,
        costs);
  }

  DriverLoad withModel(double megabytes) {
    return new DriverLoad(
        workers,
        megabytes,
        blocks,
        period,
        stepSeconds,
        pushRatio,
        gigabits,
        cores,
        drivers,
        costs);
  }

  DriverLoad withBlocks(int other) {
    return new DriverLoad(
        workers,
        modelMegabytes,
        other,
        period,
        stepSeconds,
        pushRatio,
        gigabits,
        cores,
        drivers,
        costs);
  }

  DriverLoad withPeriod(int steps) {
    return new DriverLoad(
        workers,
        modelMegabytes,
        blocks,
        steps,
        stepSeconds,
        pushRatio,
        gigabits,
        cores,
        drivers,
        costs);
  }

  /**
   * With pushes in another encoding.
   *
   * @param ratio bytes of a push by those of its values in single precision
   * @param ledger what the ledger's threads need for it, in ms per MB of values
   */
  DriverLoad withPushes(double ratio, double ledger) {
    Costs other = new Costs(costs.plugin, ledger, costs.rest);
    return new DriverLoad(
        workers,
        modelMegabytes,
        blocks,
        period,
        stepSeconds,
        ratio,
        gigabits,
        cores,
        drivers,
        other);
  }

  DriverLoad withLink(double other) {
    return new DriverLoad(
        workers,
        modelMegabytes,
        blocks,
        period,
        stepSeconds,
        pushRatio,
        other,
        cores,
        drivers,
        costs);
  }

  DriverLoad withCores(int other) {
    return new DriverLoad(
        workers,
        modelMegabytes,
        blocks,
        period,
        stepSeconds,
        pushRatio,
        gigabits,
        other,
        drivers,
        costs);
  }

  DriverLoad withDrivers(int other) {
    return new DriverLoad(
        workers,
        modelMegabytes,
        blocks,
        period,
        stepSeconds,
        pushRatio,
        gigabits,
        cores,
        other,
        costs);
  }
}
