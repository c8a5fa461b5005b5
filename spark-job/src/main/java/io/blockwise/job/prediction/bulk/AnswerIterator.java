package io.blockwise.job.prediction.bulk;

import io.blockwise.base.UserException;
import io.blockwise.job.prediction.Example;
import io.blockwise.job.prediction.Prediction;
import io.blockwise.job.prediction.RowReader;
import io.blockwise.job.prediction.ServedModel;
import io.blockwise.model.exits.ExitRule;
import io.blockwise.model.exits.Temperatures;
import io.blockwise.model.network.AdaptiveWalk;
import io.blockwise.model.network.Answered;
import io.blockwise.model.network.DecoupledNetwork;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;

/**
 * Answers to a partition, as they come. In memory are some batches of examples, and those that wait
 * for others on their way through the network. Used by one thread.
 */
final class AnswerIterator implements Iterator<Row> {
  /** Batches whose examples are sorted by length together. */
  private static final int BATCHES = 16;

  private final Iterator<Asked> asked;
  private final ServedModel model;
  private final RowReader reader;
  private final ExitRule rule;
  private final AnswerTask.Form form;

  /** By the number of blocks that rows reach. */
  private final Map<Integer, AdaptiveWalk> walks = new TreeMap<>();

  private final int batchSize;
  private final List<String> classes;

  /** Found by the walk on the network's thread while this one waits. */
  private final List<Answered> found = new ArrayList<>();

  private final Map<Long, Row> waiting = new HashMap<>();
  private final Queue<Row> ready = new ArrayDeque<>();
  private long next;
  private boolean finished;
  private boolean failed;

  /** An example as batches take it. */
  private record Value(long number, RowReader.Read row, int length) {
    int reach() {
      return row.reach();
    }
  }

  AnswerIterator(Iterator<Asked> asked, ServedModel model, AnswerTask task) {
    this.asked = asked;
    this.model = model;
    batchSize = task.batchSize();
    rule = task.rule();
    form = task.form();
    reader = new RowReader(model.version());
    classes = model.version().description().classes();
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && !finished) {
      goOn();
    }
    return !ready.isEmpty();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.remove();
  }

  private void goOn() {
    try {
      List<Value> values = read();
      model.network().compute(network -> answered(network, values));
      for (Answered answer : found) {
        Row kept = waiting.remove(answer.row());
        ready.add(form.of(kept, Prediction.of(answer, classes)));
      }
      found.clear();
    } catch (InterruptedException e) {
      failed = true;
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    } catch (RuntimeException e) {
      failed = true;
      throw e;
    }
  }

  /** The next examples, short ones first. */
  private List<Value> read() {
    List<Value> values = new ArrayList<>();
    while (values.size() < BATCHES * batchSize && asked.hasNext()) {
      Asked one = asked.next();
      RowReader.Read value = value(one);
      waiting.put(next, one.kept());
      values.add(new Value(next++, value, reader.length(value)));
    }
    values.sort(Comparator.comparingInt(Value::length));
    return values;
  }

  private RowReader.Read value(Asked one) {
    if (one.example() instanceof Asked.Prepared prepared) {
      return reader.of(prepared.rows(), prepared.index());
    }
    if (one.example() == null) {
      throw UserException.cannot(
          "answer the row " + one.kept(), "it has no example", "fill it in, or leave the row out");
    }
    try {
      return reader.read((Example) one.example());
    } catch (UserException e) {
      throw new UserException(e.getMessage() + " in the row " + one.kept(), e);
    }
  }

  private DecoupledNetwork answered(DecoupledNetwork network, List<Value> values) {
    values.stream()
        .collect(Collectors.groupingBy(Value::reach))
        .forEach((reach, some) -> answer(walk(network, reach), some));
    if (!asked.hasNext()) {
      walks.values().forEach(AdaptiveWalk::finish);
      finished = true;
    }
    return network;
  }

  private AdaptiveWalk walk(DecoupledNetwork network, int reach) {
    Temperatures temperatures = model.version().description().exits().divisors();
    return walks.computeIfAbsent(
        reach,
        blocks -> new AdaptiveWalk(network, rule, temperatures, batchSize, blocks, found::add));
  }

  private void answer(AdaptiveWalk walk, List<Value> values) {
    for (int from = 0; from < values.size(); from += batchSize) {
      List<Value> some = values.subList(from, Math.min(from + batchSize, values.size()));
      walk.add(
          reader.batch(some.stream().map(Value::row).toList()),
          some.stream().mapToLong(Value::number).toArray());
    }
  }

  /** Lets the model go, for the next task unless this one has failed. */
  void end() {
    if (failed || !finished) {
      model.close();
    } else {
      model.giveBack();
    }
  }
}
