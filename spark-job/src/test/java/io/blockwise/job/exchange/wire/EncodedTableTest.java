package io.blockwise.job.exchange.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.ReplyLostException;
import io.blockwise.model.averaging.Verdict;
import io.blockwise.model.averaging.table.RowNumbers;
import io.blockwise.model.averaging.table.RowTable;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.testing.AllocatedBytes;
import io.blockwise.testing.RandomSeed;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What comes back of a table's rows, and what does not, whatever an answer claims. */
class EncodedTableTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static final int SINCE = 0;
  private static final int OFFSET = 8;
  private static final int ROWS = 12;
  private static final int WIDTH = 16;
  private static final int COUNT = 20;
  private static final int NUMBERS = 24;

  private static final TensorTable TENSORS =
      new TensorTable(
          List.of(
              new TensorTable.Entry("a", List.of(3), 0),
              new TensorTable.Entry("b", List.of(300, 2), 3, true)));

  private final RowTable first = RowTable.of(TENSORS, new float[603]);
  private final RowTable newest =
      first.with(1, RowNumbers.owning(new int[] {4, 200}), new float[] {1, 2, 3, 4}, 0);
  private final byte[] written = EncodedTable.write(newest, 0);

  private static RowTable read(byte[] bytes) {
    return EncodedTable.read(List.of(ByteBuffer.wrap(bytes)), 1);
  }

  private ByteBuffer changed() {
    return ByteBuffer.wrap(written.clone()).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void whatHasChangedArrives() {
    assertThat(written).hasSize((int) EncodedTable.bytes(2, 2));
    assertThat(first.followedBy(read(written))).isEqualTo(newest);
    assertThat(read(written).changedSince(0)).isEqualTo(RowNumbers.owning(new int[] {4, 200}));
    assertThat(read(EncodedTable.write(newest, RowTable.EVER)).among(new float[3]))
        .isEqualTo(newest.among(new float[3]));
    assertThat(read(new byte[0])).isEqualTo(RowTable.NONE);
  }

  @Test
  void whatCannotBeIsRefusedInOneLine() {
    String shape = "TableShape[offset=3, rows=300, width=2]";
    String damaged = ": the message is damaged";
    assertRefused(
        ByteBuffer.wrap(Arrays.copyOf(written, NUMBERS - 1)),
        "Cannot read rows of a table: 23 bytes (must be at least 24)" + damaged);
    assertRefused(
        changed().putLong(SINCE, -2),
        "Cannot read changes since version -2 of version 1 (must be from -1 to that)" + damaged);
    assertRefused(
        changed().putLong(SINCE, 2),
        "Cannot read changes since version 2 of version 1 (must be from -1 to that)" + damaged);
    assertRefused(
        changed().putLong(SINCE, -1),
        "Cannot read 2 rows as the whole of " + shape + " (must be 300)" + damaged);
    assertRefused(changed().putInt(OFFSET, -1), "Invalid offset: -1 (must be at least 0)");
    assertRefused(changed().putInt(ROWS, -5), "Invalid rows: -5 (must be at least 0)");
    assertRefused(
        changed().putInt(ROWS, Integer.MAX_VALUE),
        "Invalid end of a table: 4294967297 (must be at most 2147483647)");
    assertRefused(
        changed().putInt(WIDTH, Integer.MAX_VALUE),
        "Invalid end of a table: 644245094103 (must be at most 2147483647)");
    assertRefused(
        changed().putInt(COUNT, -1),
        "Cannot read rows of a table: -1 rows of " + shape + " (must be from 0 to 300)" + damaged);
    assertRefused(
        changed().putInt(COUNT, 301),
        "Cannot read rows of a table: 301 rows of " + shape + " (must be from 0 to 300)" + damaged);
    assertRefused(
        changed().putInt(COUNT, 3),
        "Cannot read rows of a table: 3 rows of " + shape + " in 24 bytes (must be 36)" + damaged);
    assertRefused(
        changed().putInt(NUMBERS + 4, 300),
        "Cannot read row 300 of " + shape + " (must be below 300)" + damaged);
    assertRefused(
        changed().putInt(NUMBERS + 4, 4),
        "Cannot read numbers of rows: 4 behind 4 (must grow from 0 on)");
    assertRefused(
        changed().putInt(NUMBERS, -1),
        "Cannot read numbers of rows: -1 behind -1 (must grow from 0 on)");
  }

  private static void assertRefused(ByteBuffer damaged, String message) {
    assertThatThrownBy(() -> read(damaged.array()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void manyRowsThatAreNotThereTakeNoRoom() {
    byte[] few =
        changed()
            .putInt(OFFSET, 0)
            .putInt(ROWS, Integer.MAX_VALUE / 2)
            .putInt(NUMBERS + 4, 1 << 29)
            .array();
    assertThat(AllocatedBytes.of(() -> read(few))).isLessThan(1 << 20);
    assertThatThrownBy(() -> first.followedBy(read(few)))
        .hasMessageContaining("rows=1073741823")
        .hasMessageContaining("(the workers were built from another specification)");
  }

  @Test
  void anAnswerTakesNoMoreRoomThanItHas() {
    BlockState state =
        new BlockState(1, FloatVector.copyOf(new float[3]), FloatVector.EMPTY, newest);
    Reply reply = new Reply(1, 1, Verdict.FOLDED, false, Reply.Standing.NONE, state);
    byte[] whole = Answer.write(0, 1, reply, 1, EncodedState.of(state, 0, 1 << 20));
    assertThat(state(whole).table().row(200)).containsExactly(3, 4);
    Random random = SEED.random();
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = damaged(whole, random);
      boolean[] read = {false};
      assertThat(AllocatedBytes.of(() -> read[0] = isRead(damaged))).isLessThan(1 << 20);
      refused += read[0] ? 0 : 1;
    }
    assertThat(refused).isGreaterThan(1000);
  }

  private static BlockState state(byte[] bytes) {
    Answer answer = Answer.read(bytes);
    long version = answer.reply(1).state().version();
    return answer.state(version, answer.inline());
  }

  private static boolean isRead(byte[] answer) {
    try {
      return state(answer) != null;
    } catch (IllegalArgumentException | ReplyLostException e) {
      return false; // and nothing else
    }
  }

  private static byte[] damaged(byte[] whole, Random random) {
    byte[] damaged = Arrays.copyOf(whole, whole.length - random.nextInt(2) * random.nextInt(40));
    for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return damaged;
  }
}
