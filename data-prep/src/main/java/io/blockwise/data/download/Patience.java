package io.blockwise.data.download;

import java.time.Duration;

/**
 * How long a download goes on trying. Immutable.
 *
 * @param attempts in a row that bring nothing before it gives up
 * @param pause between attempts
 * @param connect longest wait for a connection or for the head of an answer
 * @param stall longest wait for more bytes of an answer
 */
public record Patience(int attempts, Duration pause, Duration connect, Duration stall) {
  /**
   * Three attempts, two seconds apart; half a minute for an answer, a minute for its next bytes.
   */
  public static final Patience NORMAL =
      new Patience(3, Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofMinutes(1));
}
