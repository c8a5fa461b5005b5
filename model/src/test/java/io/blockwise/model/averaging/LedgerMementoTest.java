package io.blockwise.model.averaging;

import static io.blockwise.model.averaging.Averaging.NESTEROV;
import static io.blockwise.model.averaging.Averaging.SGD;
import static io.blockwise.model.averaging.Averaging.average;
import static io.blockwise.model.averaging.Averaging.delayed;
import static io.blockwise.model.averaging.Averaging.delta;
import static io.blockwise.model.averaging.Averaging.lease;
import static io.blockwise.model.averaging.Averaging.ledger;
import static io.blockwise.model.averaging.Averaging.lockStep;
import static io.blockwise.model.averaging.Averaging.norm;
import static io.blockwise.model.averaging.Averaging.push;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.LedgerMemento;
import io.blockwise.model.averaging.ledger.PushCounts;
import io.blockwise.model.averaging.ledger.rule.Round;
import io.blockwise.model.averaging.ledger.rule.RuleMemento;
import io.blockwise.model.averaging.table.RowNumbers;
import io.blockwise.model.averaging.table.RowTable;
import io.blockwise.model.averaging.table.TableShape;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.testing.RandomSeed;
import io.blockwise.testing.Serialised;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A ledger that was saved and restored, beside one that was not. */
class LedgerMementoTest {
  private static final int SCHEDULES = 40;
  private static final int STEPS = 150;

  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  @ParameterizedTest
  @MethodSource("io.blockwise.model.averaging.Averaging#everyRule")
  void aRestoredLedgerGoesOnAsIfNothingHadHappened(AveragingOptions options) throws Exception {
    assertGoesOn(() -> new RandomSchedule(options), SCHEDULES);
  }

  @ParameterizedTest
  @MethodSource("io.blockwise.model.averaging.Averaging#everyRuleForTables")
  void soDoesOneOfABlockWithATable(AveragingOptions options) throws Exception {
    assertGoesOn(() -> RandomSchedule.withTable(options), SCHEDULES / 8);
  }

  private static void assertGoesOn(Supplier<RandomSchedule> fresh, int schedules) throws Exception {
    for (int schedule = 0; schedule < schedules; schedule++) {
      Random random = SEED.random(schedule);
      RandomSchedule original = fresh.get();
      original.play(random, 1 + random.nextInt(STEPS));
      RandomSchedule restored = original.restoredFrom(Serialised.copy(original.memento()));
      original.endLeases();
      for (int leg = 0; leg < 3; leg++) {
        assertThat(restored.memento()).isEqualTo(original.memento());
        long seed = random.nextLong();
        assertThat(restored.play(new Random(seed), STEPS))
            .isEqualTo(original.play(new Random(seed), STEPS));
        assertThat(restored.memento()).isEqualTo(original.memento());
        restored = restored.restoredFrom(restored.memento());
        original.endLeases();
      }
    }
  }

  @Test
  void savingChangesNothing() {
    for (AveragingOptions options : Averaging.everyRule()) {
      RandomSchedule saved = new RandomSchedule(options);
      RandomSchedule other = new RandomSchedule(options);
      for (int leg = 0; leg < 20; leg++) {
        assertThat(saved.play(SEED.random(leg), 20)).isEqualTo(other.play(SEED.random(leg), 20));
        assertThat(saved.memento()).isEqualTo(saved.memento());
      }
    }
  }

  @Test
  void noLeaseIsOpenAndNoneOfBeforeIsAdmitted() {
    BlockLedger saved = ledger(average(1), 0f);
    saved.open(lease(0));
    saved.push(delta(0, 1, 0, 1f));
    saved.retire(1, 7);
    BlockLedger restored = ledger(average(1), 0f).restored(saved.memento());
    assertThat(restored.push(delta(0, 2, 1, 1f)).verdict()).isEqualTo(Verdict.FENCED);
    assertThat(restored.fetch(new Fetch(lease(0), 1, 1)).verdict()).isEqualTo(Verdict.FENCED);
    assertThat(restored.open(lease(0)).verdict()).isEqualTo(Verdict.FENCED);
    assertThat(restored.open(new LeaseAttempt(Averaging.RUN, 0, 1, 2)).verdict())
        .as("a later attempt at the lease of before")
        .isEqualTo(Verdict.FENCED);
    assertThat(restored.open(new LeaseAttempt(Averaging.RUN, 1, 7, 1)).verdict())
        .isEqualTo(Verdict.FENCED);
    assertThat(restored.state()).isEqualTo(saved.state());
    Reply opened = restored.open(new LeaseAttempt(Averaging.RUN, 0, 2, 0));
    assertThat(opened.verdict()).isEqualTo(Verdict.NONE);
    assertThat(opened.state()).isEqualTo(saved.state());
    assertThat(opened.ownExamples()).isEqualTo(1);
  }

  @Test
  void whatWaitsForItsRoundIsFenced() {
    BlockLedger saved = ledger(lockStep(1), 0f);
    saved.announce(1);
    saved.open(lease(0));
    saved.push(delta(0, 1, 0, 1f));
    LedgerMemento memento = saved.memento();
    assertThat(memento.counts().received()).isEqualTo(1);
    assertThat(memento.counts().fenced()).isEqualTo(1);
    assertThat(saved.counts().fenced()).as("it waits there still").isZero();
    BlockLedger restored = ledger(lockStep(1), 0f).restored(memento);
    assertThat(restored.state().version()).isZero();
    restored.open(new LeaseAttempt(Averaging.RUN, 0, 2, 1));
    restored.push(push(new LeaseAttempt(Averaging.RUN, 0, 2, 1), 1, 0, 1, Push.Kind.DELTA, 5f));
    assertThat(restored.state().value().at(0)).as("nobody else has a lease").isEqualTo(5f);
  }

  @Test
  void aVersionThatWasNeverIssuedIsRefused() {
    BlockLedger saved = ledger(average(1), 0f);
    saved.open(lease(0));
    saved.push(delta(0, 1, 0, 1f));
    LedgerMemento memento = saved.memento();
    saved.push(delta(0, 2, 1, 1f)); // after the checkpoint, so lost with the driver
    BlockLedger restored = ledger(average(1), 0f).restored(memento);
    LeaseAttempt next = new LeaseAttempt(Averaging.RUN, 0, 2, 1);
    restored.open(next);
    assertThatThrownBy(() -> restored.push(push(next, 1, 2, 1, Push.Kind.DELTA, 1f)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("based on version 2, the ledger is at 1");
  }

  @Test
  void aMementoOfAnotherNetworkIsRefused() {
    LedgerMemento memento = ledger(average(1), 0f, 0f).memento();
    assertRefused(ledger(average(1), 2, new CountingBlock(2)), memento, "block 1, not 2");
    assertRefused(ledger(average(1), 0f), memento, "parameters 2, not 1");
    CountingBlock block = new CountingBlock(2);
    BlockLedger withStatistics =
        new BlockLedger(
            Averaging.RUN,
            1,
            average(1),
            new BlockLedger.Tensors(block.parameters(), RandomSchedule.STATISTICS),
            BlockState.initial(block.parameters, new float[2]),
            System::nanoTime);
    assertRefused(withStatistics, memento, "statistics 0, not 2");
  }

  @Test
  void aMementoOfAnotherRuleIsRefused() {
    LedgerMemento average = ledger(average(1), 0f).memento();
    LedgerMemento nesterov = ledger(lockStep(1, NESTEROV), 0f).memento();
    assertRefused(
        ledger(lockStep(1), 0f),
        average,
        "saved with rule average, not rule quorum with outer optimiser none");
    assertRefused(
        ledger(lockStep(1, SGD), 0f),
        nesterov,
        "saved with rule quorum with outer optimiser nesterov, not rule quorum with outer optimiser"
            + " sgd");
    assertRefused(
        ledger(average(1), 0f),
        ledger(norm(1), 0f).memento(),
        "saved with rule average with gain norm, not rule average");
    assertRefused(ledger(norm(1), 0f), withSumOf(3), "values of the gain 3, not 1");
    LedgerMemento cut =
        new LedgerMemento(
            1,
            nesterov.state(),
            new RuleMemento.Momentum(
                OuterOptimiser.NESTEROV, FloatVector.copyOf(new float[3]), List.of()),
            List.of(),
            PushCounts.NONE);
    assertRefused(ledger(lockStep(1, NESTEROV), 0f), cut, "values of momentum 3, not 1");
    assertRefused(ledger(delayed(1, 1e9), 0f), withMomentum(3, 0), "values of momentum 3, not 1");
    assertRefused(ledger(delayed(1, 1e9), 0f), withMomentum(1, 2), "values of momentum 2, not 1");
  }

  @Test
  void aMementoOfAnotherTableIsRefused() {
    BlockLedger fresh = ledger(norm(1), 1, TableBlock.sparse(1));
    BlockState state = fresh.state();
    TableShape shape = state.table().shape();
    assertRefused(fresh, withGainOfRow(-1, 3), "gain of row -1, not of one of 300");
    assertRefused(fresh, withGainOfRow(300, 3), "gain of row 300, not of one of 300");
    assertRefused(fresh, withGainOfRow(299, 4), "width of the gain of row 299 4, not 3");
    assertThat(fresh.restored(withGainOfRow(299, 3)).state()).isEqualTo(state);
    RowNumbers last = RowNumbers.owning(new int[] {299});
    RowTable some = RowTable.changes(shape, 0, 1, last, new float[3]);
    assertRefused(fresh, withGain(state.withTable(some), Map.of()), "only some of its rows");
    RowTable later = state.table().with(7, last, new float[3], 0);
    assertRefused(
        fresh, withGain(state.withTable(later), Map.of()), "row 299 of a version after 0");
    float[] parameters = new float[TableBlock.LENGTH];
    assertRefused(fresh, tableAt(1, 300, 3, parameters), "offset of rows 1, not 2");
    assertRefused(fresh, tableAt(2, 225, 4, parameters), "rows 225, not 300");
  }

  private static LedgerMemento tableAt(int offset, int rows, int width, float[] parameters) {
    TensorTable tensors =
        new TensorTable(
            List.of(
                new TensorTable.Entry("layers.0.bias", List.of(offset), 0),
                new TensorTable.Entry("layers.1.weight", List.of(rows, width), offset, true),
                new TensorTable.Entry(
                    "exit.weight",
                    List.of(parameters.length - offset - rows * width),
                    offset + rows * width)));
    return withGain(BlockState.initial(tensors, parameters, new float[] {0, 1}), Map.of());
  }

  private static LedgerMemento withGainOfRow(int number, int width) {
    return withGain(
        BlockState.initial(TableBlock.sparse(1)),
        Map.of(number, RuleMemento.Doubles.copyOf(new double[width])));
  }

  private static LedgerMemento withGain(BlockState state, Map<Integer, RuleMemento.Doubles> rows) {
    RuleMemento.Norm gain =
        new RuleMemento.Norm(
            1,
            2,
            new Round(List.of(0), 1, 0),
            1,
            RuleMemento.Doubles.copyOf(new double[state.value().length()]),
            new TreeMap<>(rows));
    return new LedgerMemento(
        1,
        state,
        new RuleMemento.NormWindow(new RuleMemento.Window(List.of()), gain),
        List.of(),
        PushCounts.NONE);
  }

  private static LedgerMemento withMomentum(int from, int momentum) {
    return new LedgerMemento(
        1,
        BlockState.initial(new float[1], new float[0]),
        new RuleMemento.DelayedWindow(
            new RuleMemento.Window(List.of()),
            new RuleMemento.Delayed(
                new Round(List.of(0), 1, 0),
                FloatVector.copyOf(new float[from]),
                FloatVector.copyOf(new float[momentum]))),
        List.of(),
        PushCounts.NONE);
  }

  private static LedgerMemento withSumOf(int length) {
    return new LedgerMemento(
        1,
        BlockState.initial(new float[1], new float[0]),
        new RuleMemento.NormWindow(
            new RuleMemento.Window(List.of()),
            new RuleMemento.Norm(
                1,
                2,
                new Round(List.of(0), 1, 0),
                1,
                RuleMemento.Doubles.copyOf(new double[length]))),
        List.of(),
        PushCounts.NONE);
  }

  private static void assertRefused(BlockLedger fresh, LedgerMemento memento, String fact) {
    assertThatThrownBy(() -> fresh.restored(memento))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot restore the ledger of block 1: "
                + fact
                + " (it was saved by a run of another network or other averaging)");
  }
}
