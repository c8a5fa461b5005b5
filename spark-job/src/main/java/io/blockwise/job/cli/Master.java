package io.blockwise.job.cli;

import io.blockwise.base.UserException;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a run's workers are, as far as the URL of a Spark master says it. Immutable.
 *
 * @param executors that there will be; empty if it does not say
 * @param cores of an executor, or of all workers on a local master; empty if it does not say
 */
public record Master(String url, Kind kind, OptionalInt executors, OptionalInt cores) {
  private static final Pattern LOCAL = Pattern.compile("local(?:\\[(\\*|[1-9]\\d*)(?:,.*)?])?");
  private static final Pattern LOCAL_CLUSTER =
      Pattern.compile("local-cluster\\[\\s*(\\d+)\\s*,\\s*(\\d+)\\s*,.*]");

  private static final Pattern WHOLE_NUMBER = Pattern.compile("[1-9]\\d{0,5}");
  private static final Pattern CLUSTER = Pattern.compile("(?:spark|k8s|mesos)://.+|yarn");

  /** How workers run. */
  public enum Kind {
    /** As threads of the driver. */
    LOCAL,
    /** On executors on this machine. */
    LOCAL_CLUSTER,
    /** Under Spark's own cluster manager. */
    STANDALONE,
    /** Under a manager that ends executors which take more memory than they have asked for. */
    CONTAINERS
  }

  /**
   * Reads a URL.
   *
   * @param processors of this machine
   * @throws UserException if its numbers cannot be used
   */
  public static Master of(String url, int processors) {
    Matcher local = LOCAL.matcher(url);
    if (local.matches()) {
      String cores = local.group(1) == null ? "1" : local.group(1);
      int count = cores.equals("*") ? processors : number(cores, url);
      return new Master(url, Kind.LOCAL, OptionalInt.empty(), OptionalInt.of(count));
    }
    Matcher cluster = LOCAL_CLUSTER.matcher(url);
    if (cluster.matches()) {
      OptionalInt executors = OptionalInt.of(number(cluster.group(1), url));
      OptionalInt cores = OptionalInt.of(number(cluster.group(2), url));
      return new Master(url, Kind.LOCAL_CLUSTER, executors, cores);
    }
    Kind kind = url.startsWith("spark:") ? Kind.STANDALONE : Kind.CONTAINERS;
    return new Master(url, kind, OptionalInt.empty(), OptionalInt.empty());
  }

  /** Whether workers are threads of the driver, as there are no executors. */
  static boolean isLocal(String url) {
    return LOCAL.matcher(url).matches();
  }

  /**
   * This one.
   *
   * @throws UserException if Spark itself has no such master
   */
  Master requireKnown() {
    if (cores.isEmpty() && !CLUSTER.matcher(url).matches()) {
      throw invalid(url);
    }
    return this;
  }

  private static int number(String text, String url) {
    if (!WHOLE_NUMBER.matcher(text).matches()) {
      throw invalid(url);
    }
    return Integer.parseInt(text);
  }

  private static UserException invalid(String url) {
    return UserException.invalid(
        "--master", url, "must be local[*], local[N], spark://HOST:PORT, k8s://URL or yarn");
  }
}
