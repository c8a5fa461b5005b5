package io.blockwise.model.averaging.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.engine.TensorTable;
import io.blockwise.testing.AllocatedBytes;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RowTableTest {
  private static final int ROWS = 1000;

  private final float[] parameters = counted(3 + 2 * ROWS + 4);
  private final RowTable first = RowTable.of(tensors(), parameters);

  private static TensorTable tensors() {
    return new TensorTable(
        List.of(
            new TensorTable.Entry("a", List.of(3), 0),
            new TensorTable.Entry("b", List.of(ROWS, 2), 3, true),
            new TensorTable.Entry("c", List.of(4), 3 + 2 * ROWS)));
  }

  private static float[] counted(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = i;
    }
    return values;
  }

  private static RowNumbers rows(int... numbers) {
    return RowNumbers.owning(numbers);
  }

  @Test
  void parametersAreTheTableAndTheOthers() {
    float[] others = first.others(parameters);
    assertThat(others).hasSize(7);
    assertThat(others[3]).isEqualTo(3 + 2 * ROWS);
    assertThat(first.row(999)).containsExactly(2001, 2002);
    assertThat(first.among(others)).isEqualTo(parameters);
    assertThat(RowTable.NONE.among(parameters)).isSameAs(parameters);
    assertThat(RowTable.NONE.others(parameters)).isSameAs(parameters);
  }

  @Test
  void aVersionSharesWhatItLeavesAsItIsAndChangesNoOther() {
    RowTable second = first.moved(1, rows(0, 700), 0.5, new float[] {9, 2, 4, 6, 8}, 1);
    assertThat(second.row(0)).containsExactly(4, 6);
    assertThat(second.row(700)).containsExactly(1406, 1408);
    assertThat(first.row(0)).containsExactly(3, 4);
    assertThat(second.row(701)).isSameAs(first.row(701));
    assertThat(second.changedSince(0)).isEqualTo(rows(0, 700));
    assertThat(first.changedSince(0)).isEqualTo(rows());
    assertThat(second.changedSince(RowTable.EVER).count()).isEqualTo(ROWS);
    RowTable third = second.with(2, rows(700, 999), new float[] {1, 2, 3, 4}, 0);
    assertThat(third.changedSince(0)).isEqualTo(rows(0, 700, 999));
    assertThat(third.changedSince(1)).isEqualTo(rows(700, 999));
    assertThat(third.row(999)).containsExactly(3, 4);
    assertThat(third.with(3, rows(), new float[0], 0)).isSameAs(third);
  }

  @Test
  void whatHasChangedFollowsAnOlderVersion() {
    RowTable newest =
        first
            .with(1, rows(1), new float[] {-1, -2}, 0)
            .with(2, rows(500, 501), new float[] {1, 2, 3, 4}, 0);
    RowTable received =
        RowTable.changes(first.shape(), 1, 2, rows(500, 501), new float[] {1, 2, 3, 4});
    RowTable known = first.with(1, rows(1), new float[] {-1, -2}, 0);
    assertThat(known.followedBy(received)).isEqualTo(newest);
    assertThat(known.followedBy(newest)).isSameAs(newest);
    assertThat(received.changedSince(1)).isEqualTo(rows(500, 501));
    assertThatThrownBy(() -> received.changedSince(0))
        .hasMessage(
            "Cannot go on from version 0 of a table: only what has changed since version 1 is"
                + " there");
  }

  @Test
  void damagedChangesAreRefused() {
    assertRefused(
        () -> changes(0, 1, rows(1, ROWS), 4),
        "row 1000 of TableShape[offset=3, rows=1000, width=2] (must be below 1000)");
    assertRefused(
        () -> changes(0, 1, rows(1), 3),
        "3 values as 1 rows of TableShape[offset=3, rows=1000, width=2] (must be 2)");
    assertRefused(
        () -> changes(RowTable.EVER, 1, rows(1), 2),
        "1 rows as the whole of TableShape[offset=3, rows=1000, width=2] (must be 1000)");
    assertRefused(
        () -> changes(-2, 1, rows(1), 2),
        "changes since version -2 of version 1 (must be from -1 to that)");
    assertRefused(
        () -> changes(2, 1, rows(1), 2),
        "changes since version 2 of version 1 (must be from -1 to that)");
    assertThatThrownBy(() -> rows(1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot read numbers of rows: 1 behind 1 (must grow from 0 on)");
    assertThatThrownBy(() -> rows(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  private RowTable changes(long since, long version, RowNumbers numbers, int values) {
    return RowTable.changes(first.shape(), since, version, numbers, new float[values]);
  }

  private static void assertRefused(ThrowingCallable reading, String fact) {
    assertThatThrownBy(reading)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot read " + fact + ": the message is damaged");
  }

  @Test
  void aShapeThatIsLongerThanAnyBlockIsRefused() {
    assertThatThrownBy(() -> new TableShape(3, 1 << 30, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid end of a table: 2147483651 (must be at most 2147483647)");
    assertThatThrownBy(() -> new TableShape(0, -1, 2))
        .hasMessage("Invalid rows: -1 (must be at least 0)");
  }

  @Test
  void changesOfATableTakeNoRoomForTheOthersItSaysToHave() {
    TableShape shape = new TableShape(0, Integer.MAX_VALUE, 1);
    RowNumbers some = rows(5, 300, shape.rows() - 1);
    float[] values = {1, 2, 3};
    assertThat(AllocatedBytes.of(() -> RowTable.changes(shape, 0, 1, some, values)))
        .isLessThan(1 << 20);
    RowTable table = RowTable.changes(shape, 0, 1, some, values);
    assertThat(table.row(5)).containsExactly(1);
    assertThat(table.row(300)).containsExactly(2);
    assertThat(table.row(shape.rows() - 1)).containsExactly(3);
    assertThat(table.changedSince(0)).isEqualTo(some);
  }

  @Test
  void changesOfAnotherTableAreNotFollowed() {
    TableShape other = new TableShape(3, ROWS, 1);
    RowTable received = RowTable.changes(other, 0, 1, rows(500), new float[] {1});
    String of = "TableShape[offset=3, rows=1000, width=1]";
    assertThatThrownBy(() -> first.followedBy(received))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot go on from a table with "
                + of
                + ": this one is "
                + first.shape()
                + " (the workers were built from another specification)");
    assertThatThrownBy(() -> RowTable.NONE.followedBy(received)).hasMessageContaining(of);
    assertThatThrownBy(() -> first.followedBy(RowTable.NONE)).hasMessageContaining("rows=0");
    assertThat(RowTable.NONE.followedBy(first)).isSameAs(first);
  }

  @Test
  void aMeanCountsWhoHasNoChangeAsZero() {
    RowTable mean =
        RowChanges.addMean(
            first,
            1,
            List.of(
                new RowChanges(rows(2, 4), floats(4, 8, 1, 1), 0, 0.25),
                new RowChanges(rows(4), floats(9, 2, 4), 1, 0.5),
                new RowChanges(rows(), floats(), 0, 0.25)));
    assertThat(mean.row(2)).containsExactly(7 + 1, 8 + 2);
    assertThat(mean.row(4)).containsExactly(11 + 0.25f + 1, 12 + 0.25f + 2);
    assertThat(mean.changedSince(0)).isEqualTo(rows(2, 4));
  }

  private static float[] floats(float... values) {
    return values;
  }

  @Test
  void whatIsNotFiniteIsSeenWhereItHasChanged() {
    RowTable infinite = first.with(1, rows(3), new float[] {1, Float.POSITIVE_INFINITY}, 0);
    assertThat(infinite.isFiniteSince(0)).isFalse();
    assertThat(infinite.isFiniteSince(1)).isTrue();
    assertThat(first.isFiniteSince(RowTable.EVER)).isTrue();
  }

  @Test
  void numbersOfTwoAreThoseOfBothOnce() {
    assertThat(rows(1, 3, 9).with(rows(0, 3, 10))).isEqualTo(rows(0, 1, 3, 9, 10));
    assertThat(rows(1).with(rows())).isEqualTo(rows(1));
    assertThat(rows().with(rows(2))).isEqualTo(rows(2));
    assertThat(rows(1, 3).areWithin(3)).isFalse();
    assertThat(rows(1, 3).areWithin(4)).isTrue();
    assertThat(rows().areWithin(0)).isTrue();
  }
}
