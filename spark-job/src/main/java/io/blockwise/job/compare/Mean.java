package io.blockwise.job.compare;

import java.util.List;
import java.util.Locale;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/**
 * Mean and spread of a figure over seeds. Immutable.
 *
 * @param deviation standard deviation with n - 1; 0 of a single value
 * @param count values, at least 1
 */
record Mean(double mean, double deviation, int count) {
  /** Of some values, at least one. */
  static Mean of(List<Double> values) {
    DescriptiveStatistics statistics = new DescriptiveStatistics();
    values.forEach(statistics::addValue);
    return new Mean(statistics.getMean(), statistics.getStandardDeviation(), values.size());
  }

  /** For a table: {@code 26.10 ± 2.00}; of a single value, the value. */
  String text(double scale, int digits) {
    String format = "%." + digits + "f";
    String value = String.format(Locale.ROOT, format, scale * mean);
    return count == 1
        ? value
        : value + String.format(Locale.ROOT, " ± " + format, scale * deviation);
  }
}
