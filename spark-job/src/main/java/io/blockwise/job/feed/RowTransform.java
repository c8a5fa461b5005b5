package io.blockwise.job.feed;

import io.blockwise.base.Names;
import io.blockwise.base.SplitMix;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.FieldKind;
import io.blockwise.data.dataset.FieldValues;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.job.config.TrainingSettings.Augmentation;
import io.blockwise.model.artifact.InputField;
import io.blockwise.model.artifact.ModelDescription;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.BatchField;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.RowShapes;
import io.blockwise.model.spec.Shape;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * How rows of a data set become rows of batches, field by field; a batch's fields have the names of
 * the rows'. Immutable.
 */
public final class RowTransform implements Serializable {
  private static final long serialVersionUID = 1;

  private final String[] names;

  /** View by view, what becomes of each field. */
  private final FieldTransform[][] views;

  /** Whether batches say what their rows count. */
  private final boolean weighted;

  private final int bucket;

  private RowTransform(String[] names, FieldTransform[][] views, boolean weighted, int bucket) {
    this.names = names;
    this.views = views;
    this.weighted = weighted;
    this.bucket = bucket;
  }

  /**
   * The same with batches of rows of about the same length.
   *
   * @param batches whose rows are sorted together, at least 1
   */
  public RowTransform bucketed(int batches) {
    return new RowTransform(names, views, weighted, batches);
  }

  /** Batches whose rows are sorted by length together; 1 if none are. */
  int bucket() {
    return bucket;
  }

  /**
   * Of all fields of a data set, as their kinds want it.
   *
   * @param augmentation of images; mirrored only where they still show their class
   * @throws UserException if some field cannot be augmented so
   */
  public static RowTransform of(RowSchema schema, Augmentation augmentation) {
    return of(schema, modelFields(schema), augmentation);
  }

  /**
   * Of the fields that a network reads.
   *
   * @param augmentation as above
   */
  public static RowTransform of(RowSchema schema, NetworkSpec network, Augmentation augmentation) {
    return of(read(schema, network), augmentation);
  }

  /**
   * Of rows for a model that was trained on other ones: as it reads them, and not augmented. Side
   * fields that only the rows or only the model have are left out.
   *
   * @param fields of the model, the main one first
   * @throws UserException if the rows have another main field, or a field is of another kind or
   *     size than the model's of that name, or its texts were prepared otherwise
   */
  public static RowTransform of(RowSchema schema, Map<String, InputField> fields) {
    if (!schema.main().name().equals(fields.keySet().iterator().next())) {
      throw UserException.cannot(
          "read rows with fields " + schema.inputs().keySet(),
          "the model was trained on rows with fields " + fields.keySet(),
          "use data of the kind that it was trained on");
    }
    return of(schema.keeping(fields.keySet()), fields, Augmentation.NONE);
  }

  private static RowTransform of(
      RowSchema schema, Map<String, InputField> fields, Augmentation augmentation) {
    requireAugmentable(schema, augmentation);
    return new RowTransform(
        schema.inputs().keySet().toArray(String[]::new),
        augmentation.views().stream()
            .map(view -> view(schema, fields, view))
            .toArray(FieldTransform[][]::new),
        schema.hasWeights(),
        1);
  }

  private static FieldTransform[] view(
      RowSchema schema, Map<String, InputField> fields, Augmentation augmentation) {
    return schema.inputs().entrySet().stream()
        .map(
            kind ->
                FieldKinds.transform(
                    kind.getKey(), kind.getValue(), fields.get(kind.getKey()), augmentation))
        .toArray(FieldTransform[]::new);
  }

  /** What a model keeps of such rows, of the fields that its network reads. */
  public static Map<String, InputField> modelFields(RowSchema schema, NetworkSpec network) {
    return modelFields(read(schema, network));
  }

  /** The main field, and those that blocks read beside it. */
  private static RowSchema read(RowSchema schema, NetworkSpec network) {
    Set<String> fields = new HashSet<>(network.sides().keySet());
    fields.add(schema.main().name());
    return schema.keeping(fields);
  }

  /** What a model keeps of such rows, field by field. */
  public static Map<String, InputField> modelFields(RowSchema schema) {
    Map<String, InputField> fields = new LinkedHashMap<>();
    schema.inputs().forEach((name, kind) -> fields.put(name, FieldKinds.modelField(kind)));
    return fields;
  }

  /** How a model reads the main field of rows, which is its first. */
  public static InputField main(ModelDescription model) {
    return model.fields().values().iterator().next();
  }

  /**
   * What rows have to be for a model to read all of them, its main field first.
   *
   * @throws UserException if its texts were cleaned as no text is here
   */
  public static RowSchema rowsOf(ModelDescription model) {
    Map<String, Shape> sides = model.network().sides();
    Map<String, FieldKind> kinds = new LinkedHashMap<>();
    model
        .fields()
        .forEach(
            (name, field) -> {
              Shape shape = sides.getOrDefault(name, model.network().input());
              kinds.put(name, FieldKinds.rowKind(field, shape));
            });
    return new RowSchema(kinds);
  }

  /** Shapes of all fields. */
  public static RowShapes shapes(RowSchema schema) {
    return new RowShapes(input(schema), sides(schema));
  }

  /** Shape of the main field, which networks read. */
  public static Shape input(RowSchema schema) {
    return FieldKinds.shape(schema.main().kind());
  }

  /** Shapes of the side fields, which networks may read beside it, by name in their order. */
  public static Map<String, Shape> sides(RowSchema schema) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    schema.sides().forEach((name, kind) -> shapes.put(name, FieldKinds.shape(kind)));
    return Collections.unmodifiableMap(shapes);
  }

  /** Texts and tables never are; and colours of a side image, which may be no colours, stay. */
  private static void requireAugmentable(RowSchema schema, Augmentation augmentation) {
    boolean images = schema.sides().values().stream().anyMatch(ImageKind.class::isInstance);
    if (!(schema.main().kind() instanceof ImageKind) && augmentation != Augmentation.NONE) {
      throw new UserException(
          "Invalid training.augmentation: "
              + Names.of(augmentation)
              + " (must be none for "
              + (schema.main().kind() instanceof TokensKind ? "texts" : "tables")
              + ")");
    }
    if (images && augmentation.views().contains(Augmentation.STRONG)) {
      throw new UserException(
          "Invalid training.augmentation: "
              + Names.of(augmentation)
              + " (must be none or weak for rows with a side image, whose colours may be none)");
    }
  }

  /** Of rows of one image, in one view. */
  static RowTransform of(String field, ImageTransform images) {
    return new RowTransform(new String[] {field}, new FieldTransform[][] {{images}}, false, 1);
  }

  /** The same without chance, and so in one view. */
  RowTransform withoutAugmentation() {
    return new RowTransform(
        names,
        new FieldTransform[][] {
          Arrays.stream(views[0])
              .map(FieldTransform::withoutAugmentation)
              .toArray(FieldTransform[]::new)
        },
        weighted,
        1);
  }

  /** How long a row is, where rows of about the same length are to be in one batch; else 1. */
  int length(Rows rows, int row) {
    int longest = 1;
    for (int i = 0; i < names.length; i++) {
      FieldTransform field = views[0][i];
      longest = Math.max(longest, field.length(rows.field(names[i], field.values()), row));
    }
    return longest;
  }

  /** Rows of a batch of so many examples: each is one in every view. */
  public int rows(int examples) {
    return Math.multiplyExact(examples, views.length);
  }

  /**
   * An empty batch.
   *
   * @param examples that it has room for; each is a row in every view
   */
  Batch allocate(int examples) {
    int capacity = rows(examples);
    Map<String, BatchField> allocated = new LinkedHashMap<>();
    for (int i = 0; i < names.length; i++) {
      allocated.put(names[i], views[0][i].allocate(capacity));
    }
    Batch batch = new Batch(allocated, capacity, views.length);
    batch.repeats(
        Arrays.stream(views).flatMap(Arrays::stream).noneMatch(FieldTransform::leavesToChance));
    batch.weighted(weighted);
    return batch;
  }

  /**
   * Refuses rows without the fields, or with values of another size.
   *
   * @throws IllegalArgumentException that says so
   */
  void requireFit(Rows rows) {
    for (int i = 0; i < names.length; i++) {
      FieldTransform field = views[0][i];
      field.requireFit(rows.field(names[i], field.values()), rows.count());
    }
  }

  /**
   * A batch of some rows, as an evaluation reads them.
   *
   * @throws IllegalArgumentException if rows lack a field, or have values of another size
   */
  public Batch batch(Rows rows) {
    requireFit(rows);
    RowTransform plain = withoutAugmentation();
    Batch batch = plain.allocate(rows.count());
    batch.examples(rows.count());
    for (int row = 0; row < rows.count(); row++) {
      plain.apply(rows, row, Pass.UNUSED.augmentation(rows.row(row)), batch, row);
    }
    return batch;
  }

  /**
   * Transforms one row into all its views.
   *
   * @param rows that fit
   * @param random decides on the augmentation, view by view; of every field of a view alike, so
   *     that side images are cut and mirrored as their image is
   * @param into says how many examples it will hold
   * @param at example of the batch
   */
  void apply(Rows rows, int row, SplitMix random, Batch into, int at) {
    for (int view = 0; view < views.length; view++) {
      int to = view * into.examples() + at;
      SplitMix start = names.length == 1 ? random : random.copy();
      for (int i = 0; i < names.length; i++) {
        FieldTransform field = views[view][i];
        FieldValues values = rows.field(names[i], field.values());
        SplitMix chance = i == 0 ? random : start.copy();
        field.apply(values, row, chance, into.field(names[i], BatchField.class), to);
      }
      into.labels()[to] = rows.label(row);
      if (weighted) {
        into.weight(to, rows.weight(row));
      }
      into.number(to, rows.row(row));
    }
  }
}
