package io.blockwise.job.feed;

import io.blockwise.base.SplitMix;
import io.blockwise.data.dataset.FieldKind;
import io.blockwise.data.dataset.FieldValues;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Rows;
import io.blockwise.model.artifact.Normalisation;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.BatchField;
import io.blockwise.model.spec.Shape;
import java.io.Serializable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How rows of a data set become rows of batches, field by field; a batch's fields have the names of
 * the rows'. Immutable.
 */
public final class RowTransform implements Serializable {
  private static final long serialVersionUID = 1;

  private final String[] names;
  private final FieldTransform[] fields;

  private RowTransform(String[] names, FieldTransform[] fields) {
    this.names = names;
    this.fields = fields;
  }

  /**
   * Of all fields of a data set, as their kinds want it.
   *
   * @param augmentation of images; mirrored only where they still show their class
   */
  public static RowTransform of(RowSchema schema, Augmentation augmentation) {
    return new RowTransform(
        schema.fields().keySet().toArray(String[]::new),
        schema.fields().values().stream()
            .map(kind -> of(kind, augmentation))
            .toArray(FieldTransform[]::new));
  }

  /** The one place where a kind of fields gets its transform. */
  static FieldTransform of(FieldKind kind, Augmentation augmentation) {
    if (kind instanceof ImageKind images) {
      return ImageTransform.of(images, augmentation);
    }
    throw new AssertionError("FieldKind without a transform: " + kind);
  }

  /** Of rows of one image. */
  static RowTransform of(String field, ImageTransform images) {
    return new RowTransform(new String[] {field}, new FieldTransform[] {images});
  }

  /** Of rows of one image, not augmented and with a normalisation that was made for other data. */
  public static RowTransform of(RowSchema schema, Normalisation normalisation) {
    RowSchema.Field<ImageKind> field = schema.only(ImageKind.class);
    Shape.FeatureMap shape = ImageTransform.shape(field.kind());
    return of(field.name(), new ImageTransform(shape, normalisation, Augmentation.NONE));
  }

  /**
   * Shape of the one field that networks read.
   *
   * @throws io.blockwise.base.UserException if the rows are not of one image each
   */
  public static Shape.FeatureMap input(RowSchema schema) {
    return ImageTransform.shape(schema.only(ImageKind.class).kind());
  }

  /** The same without chance. */
  RowTransform withoutAugmentation() {
    return new RowTransform(
        names,
        Arrays.stream(fields)
            .map(FieldTransform::withoutAugmentation)
            .toArray(FieldTransform[]::new));
  }

  /** An empty batch. */
  Batch allocate(int capacity) {
    Map<String, BatchField> allocated = new LinkedHashMap<>();
    for (int i = 0; i < fields.length; i++) {
      allocated.put(names[i], fields[i].allocate(capacity));
    }
    return new Batch(allocated, capacity);
  }

  /**
   * Refuses rows without the fields, or with values of another size.
   *
   * @throws IllegalArgumentException that says so
   */
  void requireFit(Rows rows) {
    for (int i = 0; i < fields.length; i++) {
      fields[i].requireFit(rows.field(names[i], fields[i].values()), rows.count());
    }
  }

  /**
   * Transforms one row.
   *
   * @param rows that fit
   * @param random decides on the augmentation, field by field
   * @param at row of the batch
   */
  void apply(Rows rows, int row, SplitMix random, Batch into, int at) {
    for (int i = 0; i < fields.length; i++) {
      FieldValues values = rows.field(names[i], fields[i].values());
      fields[i].apply(values, row, random, into.field(names[i], BatchField.class), at);
    }
    into.labels()[at] = rows.label(row);
  }
}
