package io.blockwise.model.averaging;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requirePositive;

import io.blockwise.base.Names;
import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long a round of rule {@code quorum} waits for the pushes that it lacks: {@code all}, {@code
 * grace} or a time. Immutable.
 *
 * @param atMost of kind {@link Kind#TIME} above 0, else 0
 */
public record QuorumWait(Kind kind, Duration atMost) implements Serializable {
  /** For the rest of them, however long they take. */
  public static final QuorumWait ALL = new QuorumWait(Kind.ALL, Duration.ZERO);

  /** As long as that holds up no push of those who wait. */
  public static final QuorumWait GRACE = new QuorumWait(Kind.GRACE, Duration.ZERO);

  private static final Pattern TIME = Pattern.compile("([0-9]{1,12}) ?(ns|us|ms|s|m|h|d)");

  /** What bounds the wait. */
  public enum Kind {
    ALL,
    GRACE,
    TIME
  }

  public QuorumWait {
    Objects.requireNonNull(kind, "kind");
    if (kind == Kind.TIME) {
      requirePositive("averaging.quorum.wait", atMost);
    } else if (!atMost.isZero()) {
      throw invalid("averaging.quorum.wait", atMost, "must be 0s for all and grace");
    }
  }

  /**
   * This long from a round's first push on.
   *
   * @param time above 0
   */
  public static QuorumWait of(Duration time) {
    return new QuorumWait(Kind.TIME, time);
  }

  /**
   * Reads {@code all}, {@code grace} or a whole number with a unit from {@code ns} to {@code d}.
   */
  public static QuorumWait parse(String text) {
    if (text.equals(ALL.toString())) {
      return ALL;
    } else if (text.equals(GRACE.toString())) {
      return GRACE;
    }
    Matcher time = TIME.matcher(text);
    long count = time.matches() ? Long.parseLong(time.group(1)) : 0;
    if (count == 0) {
      throw invalid(
          "averaging.quorum.wait",
          text,
          "must be all, grace or a time above 0 such as 500ms or 2s");
    }
    return of(unit(time.group(2)).multipliedBy(count));
  }

  private static Duration unit(String name) {
    return switch (name) {
      case "ns" -> Duration.ofNanos(1);
      case "us" -> Duration.ofNanos(1_000);
      case "ms" -> Duration.ofMillis(1);
      case "s" -> Duration.ofSeconds(1);
      case "m" -> Duration.ofMinutes(1);
      case "h" -> Duration.ofHours(1);
      default -> Duration.ofDays(1);
    };
  }

  /** In the form that {@link #parse} reads. */
  @Override
  public String toString() {
    return kind == Kind.TIME ? Names.of(atMost) : Names.of(kind);
  }
}
