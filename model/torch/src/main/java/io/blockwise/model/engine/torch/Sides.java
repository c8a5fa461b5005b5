package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.BatchField;
import io.blockwise.model.engine.FloatField;
import io.blockwise.model.engine.TokenField;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Further fields of a batch's rows, which some block may read beside the output of the one before
 * it: floats, or ids of tokens. All signals of a batch share them. Thread-safe.
 */
final class Sides extends Shared {
  private final Host host;
  private final Map<String, Tensor> values;
  private final Map<String, Texts> texts;

  private Sides(Host host, Map<String, Tensor> values, Map<String, Texts> texts) {
    this.host = host;
    this.values = values;
    this.texts = texts;
    values.values().forEach(this::kept);
  }

  /** Of a batch's leading rows, whatever it has. */
  static Sides of(Host host, Batch batch) {
    Map<String, Tensor> values = new HashMap<>();
    Map<String, Texts> texts = new HashMap<>();
    for (Map.Entry<String, BatchField> side : batch.sides().entrySet()) {
      if (side.getValue() instanceof TokenField ids) {
        texts.put(side.getKey(), new Texts(host, ids, batch.rows()));
      } else {
        FloatField floats = (FloatField) side.getValue();
        values.put(side.getKey(), host.rows(floats.values(), batch.rows(), floats.shape()));
      }
    }
    return new Sides(host, values, texts);
  }

  /** The same for one more signal, which closes them, too. */
  Sides shared() {
    share();
    return this;
  }

  /** A field of floats, {@code [rows, ...]}. */
  Tensor values(String field) {
    return required(values, field);
  }

  /** A field of tokens. */
  Texts texts(String field) {
    return required(texts, field);
  }

  boolean isTokens(String field) {
    return texts.containsKey(field);
  }

  private <T> T required(Map<String, T> of, String field) {
    T found = of.get(field);
    if (found == null) {
      throw new IllegalArgumentException(
          "Cannot read field "
              + field
              + ": the batch has beside its first one "
              + new TreeMap<>(of).keySet());
    }
    return found;
  }

  /** Those of some rows. */
  Sides select(int[] rows, UnaryOperator<Tensor> chosen) {
    return new Sides(
        host,
        each(values, (name, tensor) -> chosen.apply(tensor)),
        each(texts, (name, ids) -> ids.selectWithIds(rows)));
  }

  /** Those of several batches' rows, one behind the other. */
  static Sides joined(Host host, List<Sides> all) {
    Sides first = all.get(0);
    return new Sides(
        host,
        each(
            first.values,
            (name, tensor) ->
                torch.cat(
                    new TensorVector(
                        all.stream().map(some -> some.values.get(name)).toArray(Tensor[]::new)),
                    0)),
        each(
            first.texts,
            (name, ids) ->
                Texts.joinedWithIds(
                    host, all.stream().map(some -> some.texts.get(name)).toList())));
  }

  private interface Named<T> {
    T of(String name, T value);
  }

  private static <T> Map<String, T> each(Map<String, T> of, Named<T> change) {
    return of.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, entry -> change.of(entry.getKey(), entry.getValue())));
  }

  /** Says that a stream uses what another one made. */
  void usedOn(Stream stream) {
    values.values().forEach(tensor -> tensor.record_stream(stream));
  }

  @Override
  void closeParts() {
    texts.values().forEach(Texts::close);
  }
}
