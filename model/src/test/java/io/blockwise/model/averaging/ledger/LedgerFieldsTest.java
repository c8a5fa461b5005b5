package io.blockwise.model.averaging.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a ledger holds, field by field. Whoever adds one decides whether a restored ledger has to
 * have it: then it goes into {@link LedgerMemento}, or the rule's part of it, and in any case into
 * this list.
 */
class LedgerFieldsTest {
  private static final String GIVEN = "given to the ledger";
  private static final String SAVED = "in the memento";
  private static final String MADE_OF_OTHERS = "its own fields are listed";
  private static final String OF_A_LEASE = "over with the leases";

  private static final Map<String, String> FIELDS =
      Map.ofEntries(
          Map.entry("BlockLedger.run", GIVEN),
          Map.entry("BlockLedger.block", SAVED),
          Map.entry("BlockLedger.shape", GIVEN),
          Map.entry("BlockLedger.roster", MADE_OF_OTHERS),
          Map.entry("BlockLedger.periods", MADE_OF_OTHERS),
          Map.entry("Periods.options", GIVEN),
          Map.entry("BlockLedger.verdicts", MADE_OF_OTHERS),
          Map.entry("BlockLedger.lock", GIVEN),
          Map.entry("BlockLedger.decision", GIVEN),
          Map.entry("Verdicts.options", GIVEN),
          Map.entry("Verdicts.rule", MADE_OF_OTHERS),
          Map.entry("Verdicts.roster", MADE_OF_OTHERS),
          Map.entry("Verdicts.folds", GIVEN),
          Map.entry("Verdicts.decision", GIVEN),
          Map.entry("Verdicts.counter", MADE_OF_OTHERS),
          Map.entry("Verdicts.state", SAVED),
          Map.entry("AverageRule.running", GIVEN),
          Map.entry("AverageRule.window", MADE_OF_OTHERS),
          Map.entry("AverageRule.norm", MADE_OF_OTHERS),
          Map.entry("AverageRule.waiting", OF_A_LEASE),
          Map.entry("NormGain.gain", SAVED),
          Map.entry("NormGain.changesOfMembers", SAVED),
          Map.entry("NormGain.norms", SAVED),
          Map.entry("NormGain.sum", SAVED),
          Map.entry("NormGain.rows", SAVED),
          Map.entry("ShareWindow.newestFirst", SAVED),
          Map.entry("AverageRule.delayed", MADE_OF_OTHERS),
          Map.entry("DelayedMomentum.round", SAVED),
          Map.entry("DelayedMomentum.from", SAVED),
          Map.entry("DelayedMomentum.m", SAVED),
          Map.entry("NormGain.round", SAVED),
          Map.entry("ElasticRule.running", GIVEN),
          Map.entry("ElasticRule.waiting", OF_A_LEASE),
          Map.entry("QuorumRule.options", GIVEN),
          Map.entry("QuorumRule.running", GIVEN),
          Map.entry("QuorumRule.outer", GIVEN),
          Map.entry("QuorumRule.momentum", SAVED),
          Map.entry("QuorumRule.nanoClock", GIVEN),
          Map.entry("QuorumRule.round", OF_A_LEASE),
          Map.entry("QuorumRule.wait", MADE_OF_OTHERS),
          Map.entry("RoundWait.quorum", GIVEN),
          Map.entry("RoundWait.nanoClock", GIVEN),
          Map.entry("RoundWait.arrivals", OF_A_LEASE),
          Map.entry("RoundWait.deadline", OF_A_LEASE),
          Map.entry("RoundWait.past", MADE_OF_OTHERS),
          Map.entry("PastRounds.newestFirst", SAVED),
          Map.entry("RunningStatistics.ranges", GIVEN),
          Map.entry("Roster.slots", MADE_OF_OTHERS),
          Map.entry("WorkerSlot.lease", OF_A_LEASE),
          Map.entry("WorkerSlot.member", SAVED),
          Map.entry("WorkerSlot.membershipChanges", SAVED),
          Map.entry("WorkerSlot.acceptedSinceEnd", SAVED),
          Map.entry("WorkerSlot.newest", SAVED),
          Map.entry("WorkerSlot.retired", SAVED),
          Map.entry("WorkerSlot.received", OF_A_LEASE),
          Map.entry("WorkerSlot.decided", OF_A_LEASE),
          Map.entry("WorkerSlot.verdict", OF_A_LEASE),
          Map.entry("WorkerSlot.copyVersion", OF_A_LEASE),
          Map.entry("WorkerSlot.settledExamples", SAVED),
          Map.entry("WorkerSlot.dropsInARow", SAVED),
          Map.entry("WorkerSlot.periodDivisor", SAVED),
          Map.entry("WorkerSlot.stepNanos", SAVED),
          Map.entry("Counter.events", SAVED),
          Map.entry("Counter.staleness", SAVED),
          Map.entry("Counter.stalenessSum", SAVED));

  @Test
  void everyFieldIsSavedOrKnownNotToBe() {
    Map<String, Field> fields = new TreeMap<>();
    collect(BlockLedger.class, fields);
    assertThat(fields.keySet())
        .as("fields that a ledger is made of: save new ones in LedgerMemento, and list them here")
        .isEqualTo(new TreeSet<>(FIELDS.keySet()));
  }

  @Test
  void whatIsGivenNeverChanges() {
    Map<String, Field> fields = new TreeMap<>();
    collect(BlockLedger.class, fields);
    FIELDS.forEach(
        (name, why) -> {
          if (why.equals(GIVEN)) {
            assertThat(fields.get(name).getModifiers() & Modifier.FINAL).as(name).isNotZero();
          }
        });
  }

  // Records are values: a component that is added to one is in the memento, or of a push.
  private static void collect(Class<?> type, Map<String, Field> into) {
    if (type.isInterface()) {
      Stream.ofNullable(type.getPermittedSubclasses())
          .flatMap(Arrays::stream)
          .forEach(subclass -> collect(subclass, into));
      return;
    }
    for (Field field : type.getDeclaredFields()) {
      String name = type.getSimpleName() + "." + field.getName();
      if (!Modifier.isStatic(field.getModifiers()) && into.putIfAbsent(name, field) == null) {
        types(field.getGenericType())
            .filter(LedgerFieldsTest::hasStateOfItsOwn)
            .forEach(inner -> collect(inner, into));
      }
    }
  }

  private static Stream<Class<?>> types(Type type) {
    if (type instanceof ParameterizedType generic) {
      return Arrays.stream(generic.getActualTypeArguments()).flatMap(LedgerFieldsTest::types);
    }
    return type instanceof Class<?> single ? Stream.of(single) : Stream.empty();
  }

  private static boolean hasStateOfItsOwn(Class<?> type) {
    return type.getPackageName().startsWith(BlockLedger.class.getPackageName())
        && !type.isRecord()
        && !type.isEnum();
  }
}
