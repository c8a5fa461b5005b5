package io.blockwise.job.exchange.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blockwise.model.network.BlockFigures;
import io.blockwise.model.network.NetworkFigures;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of a message of kind {@link Message.Kind#FIGURES}, little-endian:
 *
 * <pre>
 *   long examples
 *   for each block: long rows, long correct, byte terms of the loss (0..32)
 *     for each term: byte in the objective (0, 1), byte length of the name (1..64), the name in
 *                    UTF-8, double sum over rows
 * </pre>
 */
final class FiguresBody {
  private static final int MOST_TERMS = 32;
  private static final int MOST_NAME_BYTES = 64;
  private static final int BLOCK_BYTES = 2 * Long.BYTES + 1;
  private static final int MOST_TERM_BYTES = 2 + MOST_NAME_BYTES + Double.BYTES;

  private FiguresBody() {}

  /** The bytes of figures. */
  static byte[] write(NetworkFigures figures) {
    int terms = figures.blocks().stream().mapToInt(block -> block.sums().size()).sum();
    ByteBuffer body =
        ByteBuffer.allocate(
                Long.BYTES + figures.blocks().size() * BLOCK_BYTES + terms * MOST_TERM_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(figures.examples());
    figures.blocks().forEach(block -> write(block, body));
    byte[] bytes = new byte[body.position()];
    body.flip().get(bytes);
    return bytes;
  }

  private static void write(BlockFigures block, ByteBuffer body) {
    body.putLong(block.rows()).putLong(block.correct());
    body.put((byte) within("terms of a loss", block.sums().size(), 0, MOST_TERMS));
    for (BlockFigures.Sum sum : block.sums()) {
      byte[] name = sum.term().getBytes(UTF_8);
      body.put((byte) (sum.inObjective() ? 1 : 0));
      body.put((byte) within("bytes of a term's name", name.length, 1, MOST_NAME_BYTES));
      body.put(name).putDouble(sum.value());
    }
  }

  private static int within(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "Invalid " + what + ": " + value + " (must be from " + least + " to " + most + ")");
    }
    return value;
  }

  /** Reads figures of so many blocks, at which the body is. Leaves what follows them. */
  static NetworkFigures read(ByteBuffer body, int blocks) throws Message.RefusedException {
    try {
      long examples = body.getLong();
      List<BlockFigures> figures = new ArrayList<>();
      for (int k = 0; k < blocks; k++) {
        figures.add(block(body));
      }
      return new NetworkFigures(examples, figures);
    } catch (BufferUnderflowException | CharacterCodingException e) {
      throw malformed();
    }
  }

  private static BlockFigures block(ByteBuffer body)
      throws Message.RefusedException, CharacterCodingException {
    long rows = body.getLong();
    long correct = body.getLong();
    int terms = body.get();
    if (terms < 0 || terms > MOST_TERMS) {
      throw malformed();
    }
    List<BlockFigures.Sum> sums = new ArrayList<>();
    for (int i = 0; i < terms; i++) {
      sums.add(sum(body));
    }
    return new BlockFigures(sums, rows, correct);
  }

  private static BlockFigures.Sum sum(ByteBuffer body)
      throws Message.RefusedException, CharacterCodingException {
    int inObjective = body.get();
    int bytes = body.get();
    if (inObjective < 0 || inObjective > 1 || bytes < 1 || bytes > MOST_NAME_BYTES) {
      throw malformed();
    }
    byte[] name = new byte[bytes];
    body.get(name);
    String term = UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString();
    return new BlockFigures.Sum(term, body.getDouble(), inObjective == 1);
  }

  private static Message.RefusedException malformed() {
    return new Message.RefusedException(Status.MALFORMED);
  }
}
