package io.blockwise.job.exchange.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blockwise.model.averaging.codec.Codec;

/**
 * Bytes that workers and the driver exchange over the network, headers and questions included. What
 * is calculated holds when nothing is lost and no question has to be repeated. Immutable.
 *
 * @param pushed from workers to the driver
 * @param pulled from the driver to workers
 */
public record WireSize(long pushed, long pulled) {
  /** Nothing. */
  public static final WireSize NONE = new WireSize(0, 0);

  /**
   * A push of one block and the value that it is answered with.
   *
   * @param run id of the run, which every message names
   * @param values of the block's parameters
   * @param statistics of the block
   * @param adopts whether there is a value to adopt; not for the copy of a worker that is alone
   */
  public static WireSize ofPush(
      String run, int values, int statistics, Codec codec, boolean adopts) {
    long bytes = codec.bytes(values) + (long) statistics * Float.BYTES;
    long pieces = Math.max(1, pieces(bytes, Message.CHUNK_BYTES));
    WireSize there =
        new WireSize(bytes + pieces * message(run, PushHeader.BYTES), pieces * Answer.BYTES);
    WireSize answer = adopts ? value(run, values, statistics) : new WireSize(0, 0);
    return there.plus(new WireSize(message(run, Long.BYTES), Answer.BYTES)).plus(answer);
  }

  /** The opening of a lease on one block, with the value to start from, and its end. */
  public static WireSize ofLease(String run, int values, int statistics) {
    WireSize opening = new WireSize(message(run, 0), Answer.BYTES);
    WireSize end = new WireSize(message(run, 0), Status.OK.alone().length);
    return opening.plus(value(run, values, statistics)).plus(end);
  }

  /** This and another. */
  public WireSize plus(WireSize other) {
    return new WireSize(pushed + other.pushed, pulled + other.pulled);
  }

  /** So many of these. */
  public WireSize times(long count) {
    return new WireSize(pushed * count, pulled * count);
  }

  private static WireSize value(String run, int values, int statistics) {
    long bytes = ((long) values + statistics) * Float.BYTES;
    if (bytes <= Answer.INLINE_BYTES) {
      return new WireSize(0, bytes);
    }
    long pieces = pieces(bytes, Message.CHUNK_BYTES);
    return new WireSize(
        pieces * message(run, Integer.BYTES), bytes + pieces * EncodedState.HEAD_BYTES);
  }

  private static long pieces(long bytes, int chunk) {
    return (bytes + chunk - 1) / chunk;
  }

  private static int message(String run, int bodyBytes) {
    return Message.bytes(run.getBytes(UTF_8).length, bodyBytes);
  }
}
