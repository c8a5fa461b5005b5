package io.blockwise.job.exchange.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blockwise.model.averaging.codec.Codec;
import java.io.Serializable;

/**
 * Bytes that workers and the driver exchange over the network, headers and questions included. What
 * is calculated holds when nothing is lost and no question has to be repeated. Immutable.
 *
 * @param pushed from workers to the driver
 * @param pulled from the driver to workers
 */
public record WireSize(long pushed, long pulled) implements Serializable {
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
    WireSize answer = adopts ? value(run, values, statistics, 0) : NONE;
    return push(run, values, statistics, codec, 0).plus(answer);
  }

  /**
   * A push of one block with a table and the value that it is answered with.
   *
   * @param others of the block's parameters, those without the table
   * @param width values in a row of the table
   * @param pushed rows that the push carries
   * @param pulled rows that have changed since the worker's version; negative if there is nothing
   *     to adopt
   */
  public static WireSize ofRows(
      String run, int others, int statistics, Codec codec, int width, int pushed, int pulled) {
    WireSize there = push(run, others + pushed * width, statistics, codec, pushed);
    WireSize answer =
        pulled < 0 ? NONE : value(run, others, statistics, EncodedTable.bytes(pulled, width));
    return there.plus(answer);
  }

  private static WireSize push(String run, int values, int statistics, Codec codec, int rows) {
    long bytes =
        codec.bytes(values) + (long) statistics * Float.BYTES + (long) rows * Integer.BYTES;
    long pieces = Math.max(1, pieces(bytes, Message.CHUNK_BYTES));
    int front = PushHeader.bytesInFront(rows);
    WireSize there = new WireSize(bytes + pieces * message(run, front), pieces * Answer.BYTES);
    return there.plus(new WireSize(message(run, Long.BYTES), Answer.BYTES));
  }

  /** The opening of a lease on one block, with the value to start from, and its end. */
  public static WireSize ofLease(String run, int values, int statistics) {
    WireSize opening = new WireSize(message(run, 0), Answer.BYTES);
    WireSize end = new WireSize(message(run, 0), Status.OK.alone().length);
    return opening.plus(value(run, values, statistics, 0)).plus(end);
  }

  /**
   * The same of a block with a table of which the worker has some rows already.
   *
   * @param others of the block's parameters, those without the table
   * @param width values in a row of the table
   * @param rows that have changed since the worker's version
   */
  public static WireSize ofLease(String run, int others, int statistics, int width, int rows) {
    WireSize known = new WireSize(Message.KNOWN_BYTES, 0);
    WireSize answer = value(run, others, statistics, EncodedTable.bytes(rows, width));
    return ofLease(run, 0, 0).plus(known).plus(answer);
  }

  /** This and another. */
  public WireSize plus(WireSize other) {
    return new WireSize(pushed + other.pushed, pulled + other.pulled);
  }

  /** So many of these. */
  public WireSize times(long count) {
    return new WireSize(pushed * count, pulled * count);
  }

  private static WireSize value(String run, int values, int statistics, long tableBytes) {
    long bytes = ((long) values + statistics) * Float.BYTES + tableBytes;
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
