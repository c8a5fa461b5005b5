package io.blockwise.data.dataset;

import io.blockwise.base.UserException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * What a row of a data set is: a label (a class id from 0) and named fields. The first field is the
 * main one, which networks read; all others are side fields, which some networks read beside it,
 * but for the weights of rows, which no network reads. Immutable.
 *
 * @param fields kinds by name, in the order of the columns; at least one
 */
public record RowSchema(Map<String, FieldKind> fields) implements Serializable {
  /** A field by its name. Immutable. */
  public record Field<K extends FieldKind>(String name, K kind) {}

  /** Column of the class ids; no field has its name. */
  static final String LABEL = "label";

  /** Column of the labels that others were drawn in place of; no field has its name. */
  static final String ORIGINAL_LABEL = "original_label";

  /** Name of the weights, where rows have some. */
  static final String WEIGHT = "weight";

  private static final String PIXELS = "pixels";
  private static final String TOKENS = "tokens";
  private static final String NUMBERS = "numbers";

  public RowSchema {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    if (fields.isEmpty() || fields.containsKey(LABEL) || fields.containsKey(ORIGINAL_LABEL)) {
      throw new IllegalArgumentException(
          "its fields are "
              + fields.keySet()
              + " (must be at least one, and none named "
              + LABEL
              + " or "
              + ORIGINAL_LABEL
              + ")");
    }
    requireWeights(fields);
  }

  private static void requireWeights(Map<String, FieldKind> fields) {
    fields.forEach(
        (name, kind) -> {
          if (kind instanceof WeightKind && !name.equals(WEIGHT)) {
            throw new IllegalArgumentException(
                "its field " + name + " is of weights (which must be named " + WEIGHT + ")");
          }
        });
  }

  /** Rows of one image each, in the field {@code pixels}. */
  public static RowSchema of(ImageKind images) {
    return new RowSchema(Map.of(PIXELS, images));
  }

  /** Rows of one text each, in the field {@code tokens}. */
  public static RowSchema of(TokensKind texts) {
    return new RowSchema(Map.of(TOKENS, texts));
  }

  /** Rows of numbers alone, in the field {@code numbers}. */
  public static RowSchema of(NumbersKind numbers) {
    return new RowSchema(Map.of(NUMBERS, numbers));
  }

  /** Rows of these fields, and of some side fields behind them, in their order. */
  public RowSchema with(Map<String, ? extends FieldKind> sides) {
    Map<String, FieldKind> all = new LinkedHashMap<>(fields);
    sides.forEach(
        (name, kind) -> {
          if (all.put(name, kind) != null) {
            throw new IllegalArgumentException("it has a field " + name + " already");
          }
        });
    return new RowSchema(all);
  }

  /** The same rows with a weight each, behind all fields. */
  public RowSchema weighted() {
    return with(Map.of(WEIGHT, new WeightKind()));
  }

  /** Whether rows have weights of their own. */
  public boolean hasWeights() {
    return fields.get(WEIGHT) instanceof WeightKind;
  }

  /** What networks may read: the main field and the side fields, in their order. */
  public Map<String, FieldKind> inputs() {
    Map<String, FieldKind> inputs = new LinkedHashMap<>(fields);
    inputs.values().removeIf(WeightKind.class::isInstance);
    return Collections.unmodifiableMap(inputs);
  }

  /** The main field, which is the first. */
  public Field<FieldKind> main() {
    Map.Entry<String, FieldKind> first = fields.entrySet().iterator().next();
    return new Field<>(first.getKey(), first.getValue());
  }

  /**
   * The main field, for those who can use one of a certain kind.
   *
   * @throws UserException if it is of another kind
   */
  public <K extends FieldKind> Field<K> main(Class<K> kind) {
    Field<FieldKind> main = main();
    if (!kind.isInstance(main.kind())) {
      throw unusable("a main field", kind);
    }
    return new Field<>(main.name(), kind.cast(main.kind()));
  }

  /** What networks may read beside the main field, in its order; empty as a rule. */
  public Map<String, FieldKind> sides() {
    Map<String, FieldKind> sides = new LinkedHashMap<>(inputs());
    sides.remove(main().name());
    return Collections.unmodifiableMap(sides);
  }

  /** The same without the side fields that are not among these names. */
  public RowSchema keeping(Collection<String> names) {
    Map<String, FieldKind> kept = new LinkedHashMap<>(fields);
    kept.keySet().removeIf(name -> sides().containsKey(name) && !names.contains(name));
    return new RowSchema(kept);
  }

  /** Bytes that a row takes in memory at most, with its label. */
  public long rowBytes() {
    return Integer.BYTES + fields.values().stream().mapToLong(FieldKind::rowBytes).sum();
  }

  /** Bytes that the fields take in all shards, roughly; see {@link FieldKind#expectedBytes}. */
  public long expectedBytes(long rows, long rawBytes) {
    return fields.values().stream().mapToLong(kind -> kind.expectedBytes(rows, rawBytes)).sum();
  }

  /**
   * The only field, for those who can use one of a certain kind.
   *
   * @throws UserException if there are several, or it is of another kind
   */
  public <K extends FieldKind> Field<K> only(Class<K> kind) {
    if (fields.size() > 1 || !kind.isInstance(main().kind())) {
      throw unusable("one field", kind);
    }
    return main(kind);
  }

  private UserException unusable(String needed, Class<? extends FieldKind> kind) {
    return UserException.cannot(
        "use a data set with " + described(),
        "this needs " + needed + " of kind " + FieldKind.name(kind),
        "choose another data set");
  }

  private String described() {
    return fields.entrySet().stream()
        .map(
            field ->
                "field "
                    + field.getKey()
                    + " of kind "
                    + FieldKind.name(field.getValue().getClass()))
        .collect(Collectors.joining(", "));
  }

  /** The columns of a shard: the label, then the fields. The kinds give the message its name. */
  public MessageType message() {
    List<Type> columns = new ArrayList<>();
    columns.add(Types.required(PrimitiveTypeName.INT32).named(LABEL));
    fields.forEach((name, kind) -> columns.add(kind.column(name)));
    String kinds =
        fields.values().stream()
            .map(kind -> FieldKind.name(kind.getClass()))
            .collect(Collectors.joining("_"));
    return new MessageType(kinds, columns);
  }

  /** The same, and behind them, where a row's label was drawn, the one it had before. */
  public MessageType messageWithOriginals() {
    MessageType rows = message();
    List<Type> columns = new ArrayList<>(rows.getFields());
    columns.addAll(originals().getFields());
    return new MessageType(rows.getName(), columns);
  }

  /** That column alone. */
  static MessageType originals() {
    return new MessageType(
        ORIGINAL_LABEL, Types.optional(PrimitiveTypeName.INT32).named(ORIGINAL_LABEL));
  }
}
