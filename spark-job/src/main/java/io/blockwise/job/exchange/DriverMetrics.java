package io.blockwise.job.exchange;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The figures of this driver's runs in Spark's metric system, each from the begin of its run to its
 * end. A figure is asked for when somebody reads it; nothing is counted for it. Thread-safe.
 *
 * <p>Names hold no run-id, so that they are the same in every run of a job that is scheduled. A run
 * that begins while others are there has its own in front.
 */
final class DriverMetrics {
  /** Those that Spark's plugin shows. */
  static final DriverMetrics OF_THIS_PROCESS = new DriverMetrics();

  private final Set<String> runs = new HashSet<>();
  private final List<Figures> open = new ArrayList<>();
  private MetricRegistry registry = new MetricRegistry();

  /** Figures of a run, until it is closed; closing twice is fine. */
  final class Figures implements AutoCloseable {
    private final String run;
    private final String prefix;
    private final List<String> names = new ArrayList<>();

    private Figures(String run) {
      this.run = run;
      this.prefix = runs.isEmpty() ? "" : "run." + run + ".";
    }

    /** Shows figures by their names. */
    void add(Map<String, Supplier<? extends Number>> figures) {
      synchronized (DriverMetrics.this) {
        figures.forEach(
            (name, figure) -> {
              registry.registerGauge(prefix + name, (Gauge<Number>) () -> value(figure));
              names.add(prefix + name);
            });
      }
    }

    @Override
    public void close() {
      synchronized (DriverMetrics.this) {
        names.forEach(registry::remove);
        names.clear();
        if (open.remove(this)) {
          runs.remove(run);
        }
      }
    }
  }

  /** One that cannot be told must not spoil the others. */
  private static Number value(Supplier<? extends Number> figure) {
    try {
      return figure.get();
    } catch (RuntimeException e) {
      return Double.NaN;
    }
  }

  /** An application begins: its registry takes the place of the one of an application before. */
  synchronized void attach(MetricRegistry ofApplication) {
    registry = ofApplication;
    // Spark takes no notice of a registry that is empty when the application starts.
    registry.registerGauge("runs", (Gauge<Number>) this::count);
  }

  private synchronized int count() {
    return runs.size();
  }

  /** A run begins. */
  synchronized Figures begin(String run) {
    Figures figures = new Figures(run);
    runs.add(run);
    open.add(figures);
    return figures;
  }
}
