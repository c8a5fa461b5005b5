package io.blockwise.job.exchange;

import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.network.BlockFigures;
import io.blockwise.model.network.NetworkFigures;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * How training went since the last report of the same lease, as a message: {@code long examples},
 * then {@code double loss, long rows, long correct} for each block.
 */
final class FiguresMessage {
  private static final int BYTES_PER_BLOCK = 3 * Long.BYTES;

  private FiguresMessage() {}

  /**
   * Writes it.
   *
   * @param done what the worker has counted
   */
  static byte[] write(LeaseAttempt attempt, long done, NetworkFigures figures) {
    int bytes = bytes(figures.blocks().size());
    ByteBuffer message = Message.begin(Message.Kind.FIGURES, attempt, 0, done, bytes);
    message.putLong(figures.examples());
    for (BlockFigures block : figures.blocks()) {
      message.putDouble(block.loss()).putLong(block.rows()).putLong(block.correct());
    }
    return Message.end(message);
  }

  static NetworkFigures read(Message message, int blocks) throws RefusedMessageException {
    message.requireLeft(bytes(blocks));
    ByteBuffer body = message.body();
    long examples = body.getLong();
    List<BlockFigures> figures = new ArrayList<>();
    for (int k = 0; k < blocks; k++) {
      figures.add(new BlockFigures(body.getDouble(), body.getLong(), body.getLong()));
    }
    return new NetworkFigures(examples, figures);
  }

  private static int bytes(int blocks) {
    return Long.BYTES + blocks * BYTES_PER_BLOCK;
  }
}
