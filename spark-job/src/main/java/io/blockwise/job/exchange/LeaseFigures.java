package io.blockwise.job.exchange;

import io.blockwise.model.averaging.LeaseAttempt;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * How training went since the last report of the same lease. The lists have one entry per block, in
 * their order. Immutable.
 *
 * @param examples trained
 * @param lossSums sums of losses over rows
 * @param rows that the sums are over; a block leaves out batches that it skipped
 * @param correct answers among these rows, before each update
 */
public record LeaseFigures(
    long examples, List<Double> lossSums, List<Long> rows, List<Long> correct) {
  private static final int BYTES_PER_BLOCK = 3 * Long.BYTES;

  public LeaseFigures {
    lossSums = List.copyOf(lossSums);
    rows = List.copyOf(rows);
    correct = List.copyOf(correct);
    if (rows.size() != lossSums.size() || correct.size() != lossSums.size()) {
      throw new IllegalArgumentException(
          "Invalid figures: " + lossSums + ", " + rows + ", " + correct + " (must be as many)");
    }
  }

  /**
   * As a message: {@code long examples}, then {@code double, long, long} for each block.
   *
   * @param done what the worker has counted
   */
  byte[] message(LeaseAttempt attempt, long done) {
    int bytes = Long.BYTES + rows.size() * BYTES_PER_BLOCK;
    ByteBuffer message = Message.begin(Message.Kind.FIGURES, attempt, 0, done, bytes);
    message.putLong(examples);
    for (int k = 0; k < rows.size(); k++) {
      message.putDouble(lossSums.get(k)).putLong(rows.get(k)).putLong(correct.get(k));
    }
    return Message.end(message);
  }

  static LeaseFigures read(Message message, int blocks) throws RefusedMessageException {
    message.requireLeft(Long.BYTES + blocks * BYTES_PER_BLOCK);
    ByteBuffer body = message.body();
    long examples = body.getLong();
    List<Double> lossSums = new ArrayList<>();
    List<Long> rows = new ArrayList<>();
    List<Long> correct = new ArrayList<>();
    for (int k = 0; k < blocks; k++) {
      lossSums.add(body.getDouble());
      rows.add(body.getLong());
      correct.add(body.getLong());
    }
    return new LeaseFigures(examples, lossSums, rows, correct);
  }
}
