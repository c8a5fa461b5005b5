package io.blockwise.job.prediction;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.FieldKind;
import io.blockwise.data.dataset.FieldValues;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.NumbersKind;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.model.artifact.ModelDescription;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.spec.BlockSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes batches of examples with what an artifact says of their fields, as data-prep and the feed
 * did of those that it was trained on. Used by one thread.
 */
public final class RowReader {
  private final ModelDescription model;
  private final RowSchema schema;
  private final Set<String> sides;
  private final Map<String, FieldReader<Object, Object>> readers = new LinkedHashMap<>();

  /** By the number of blocks that rows reach: what those read, the main field first. */
  private final List<Set<String>> fields = new ArrayList<>();

  /** Likewise. */
  private final Map<Integer, RowTransform> transforms = new HashMap<>();

  /**
   * An example as batches take it. Immutable.
   *
   * @param values by field, of those that blocks up to {@code reach} read
   * @param reach blocks that can answer it, from the first on
   */
  public record Read(Map<String, Object> values, int reach) {}

  /**
   * @throws UserException if the model's texts were cleaned as no text is here
   */
  public RowReader(ModelVersion version) {
    model = version.description();
    schema = RowTransform.rowsOf(model);
    sides = schema.sides().keySet();
    schema
        .fields()
        .forEach((name, kind) -> readers.put(name, reader(kind, version.vocabularies().get(name))));
    Set<String> read = new LinkedHashSet<>(Set.of(model.mainField()));
    fields.add(new LinkedHashSet<>(read));
    for (BlockSpec block : model.network().blocks()) {
      block.sides().forEach(side -> read.add(side.field()));
      fields.add(new LinkedHashSet<>(read));
    }
  }

  @SuppressWarnings("unchecked") // whoever asks has values of the kind that the field is of
  private static FieldReader<Object, Object> reader(FieldKind kind, List<String> words) {
    FieldReader<?, ?> reader;
    if (kind instanceof TokensKind texts) {
      reader = new TextReader(texts, words);
    } else if (kind instanceof ImageKind images) {
      reader = new ImageReader(images);
    } else {
      reader = new NumberReader((NumbersKind) kind);
    }
    return (FieldReader<Object, Object>) reader;
  }

  /**
   * Prepares an example.
   *
   * @throws UserException if a value cannot be read, or the model knows no field of that name
   */
  public Read read(Example raw) {
    for (String field : raw.sides().keySet()) {
      if (!sides.contains(field)) {
        throw UserException.cannot(
            "answer an example with a field " + field,
            "the model reads beside its first one " + new TreeSet<>(sides),
            "leave the field out");
      }
    }
    int reach = reach(raw.sides().keySet());
    Map<String, Object> values = new LinkedHashMap<>();
    for (String field : fields.get(reach)) {
      Object value = field.equals(model.mainField()) ? raw.main() : raw.sides().get(field);
      values.put(field, readers.get(field).read(value));
    }
    return new Read(values, reach);
  }

  /** A row that is prepared by now. */
  public Read of(Rows rows, int row) {
    int reach = reach(rows.names());
    Map<String, Object> values = new LinkedHashMap<>();
    for (String field : fields.get(reach)) {
      values.put(field, readers.get(field).of(rows.field(field, FieldValues.class), row));
    }
    return new Read(values, reach);
  }

  private int reach(Set<String> fields) {
    return model.network().reach(fields);
  }

  /** How long it is, where those of about the same length are to be in one batch. */
  public int length(Read row) {
    return row.values.entrySet().stream()
        .mapToInt(value -> readers.get(value.getKey()).length(value.getValue()))
        .max()
        .orElse(1);
  }

  /**
   * A batch of some rows; its labels mean nothing.
   *
   * @param rows of one reach
   */
  public Batch batch(List<Read> rows) {
    int reach = rows.get(0).reach;
    Map<String, FieldValues> values = new LinkedHashMap<>();
    for (String field : rows.get(0).values.keySet()) {
      values.put(
          field,
          readers.get(field).values(rows.stream().map(row -> row.values.get(field)).toList()));
    }
    RowTransform transform =
        transforms.computeIfAbsent(
            reach, blocks -> RowTransform.of(schema.keeping(fields.get(blocks)), model.fields()));
    return transform.batch(new Rows(0, new int[rows.size()], values));
  }
}
