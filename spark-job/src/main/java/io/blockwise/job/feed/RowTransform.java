package io.blockwise.job.feed;

import io.blockwise.base.Names;
import io.blockwise.base.SplitMix;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.FieldKind;
import io.blockwise.data.dataset.FieldValues;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.options.Cleaning;
import io.blockwise.data.options.Tokenizer;
import io.blockwise.job.config.TrainingSettings.Augmentation;
import io.blockwise.model.artifact.InputField;
import io.blockwise.model.artifact.ModelDescription;
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

  /** View by view, what becomes of each field. */
  private final FieldTransform[][] views;

  private final int bucket;

  private RowTransform(String[] names, FieldTransform[][] views, int bucket) {
    this.names = names;
    this.views = views;
    this.bucket = bucket;
  }

  /**
   * The same with batches of rows of about the same length.
   *
   * @param batches whose rows are sorted together, at least 1
   */
  public RowTransform bucketed(int batches) {
    return new RowTransform(names, views, batches);
  }

  /** Batches whose rows are sorted by length together; 1 if none are. */
  int bucket() {
    return bucket;
  }

  /**
   * Of all fields of a data set, as their kinds want it.
   *
   * @param augmentation of images; mirrored only where they still show their class
   */
  public static RowTransform of(RowSchema schema, Augmentation augmentation) {
    return of(schema, modelFields(schema), augmentation);
  }

  /**
   * Of rows for a model that was trained on other ones: as it reads them, and not augmented.
   *
   * @throws UserException if the rows have other fields
   */
  public static RowTransform of(RowSchema schema, Map<String, InputField> fields) {
    if (!schema.fields().keySet().equals(fields.keySet())) {
      throw UserException.cannot(
          "read rows with fields " + schema.fields().keySet(),
          "the model was trained on rows with fields " + fields.keySet(),
          "use data of the kind that it was trained on");
    }
    return of(schema, fields, Augmentation.NONE);
  }

  private static RowTransform of(
      RowSchema schema, Map<String, InputField> fields, Augmentation augmentation) {
    return new RowTransform(
        schema.fields().keySet().toArray(String[]::new),
        augmentation.views().stream()
            .map(view -> view(schema, fields, view))
            .toArray(FieldTransform[][]::new),
        1);
  }

  private static FieldTransform[] view(
      RowSchema schema, Map<String, InputField> fields, Augmentation augmentation) {
    return schema.fields().entrySet().stream()
        .map(kind -> of(kind.getValue(), fields.get(kind.getKey()), augmentation))
        .toArray(FieldTransform[]::new);
  }

  /** What a model keeps of such rows, field by field. */
  public static Map<String, InputField> modelFields(RowSchema schema) {
    Map<String, InputField> fields = new LinkedHashMap<>();
    schema.fields().forEach((name, kind) -> fields.put(name, modelField(kind)));
    return fields;
  }

  /** One of the four places that know kinds of fields: the three below are the others. */
  static InputField modelField(FieldKind kind) {
    if (kind instanceof ImageKind images) {
      return new InputField.Image(images.flippable(), images.mean(), images.standardDeviation());
    }
    if (kind instanceof TokensKind texts) {
      Cleaning cleaning = texts.cleaning();
      return new InputField.Tokens(
          cleaning.tokenizer().toString(),
          cleaning.stripTags(),
          cleaning.lowerCase(),
          cleaning.dropStopWords(),
          texts.vocabularySize(),
          texts.maxLength());
    }
    throw new AssertionError("FieldKind without a model field: " + kind);
  }

  /**
   * What rows have to be for a model to read them.
   *
   * @throws UserException if its texts were cleaned as no text is here
   */
  public static RowSchema rowsOf(ModelDescription model) {
    Map<String, FieldKind> kinds = new LinkedHashMap<>();
    Shape input = model.network().input();
    model.fields().forEach((name, field) -> kinds.put(name, rowKind(field, input)));
    return new RowSchema(kinds);
  }

  private static FieldKind rowKind(InputField field, Shape input) {
    if (field instanceof InputField.Image image) {
      Shape.FeatureMap map = input.requireMap("image");
      return new ImageKind(
          new ImageShape(map.channels(), map.height(), map.width()),
          image.flippable(),
          image.mean(),
          image.std());
    }
    InputField.Tokens tokens = (InputField.Tokens) field;
    Cleaning cleaning =
        new Cleaning(
            Names.parse("tokenizer", Tokenizer.class, tokens.tokenizer()),
            tokens.stripTags(),
            tokens.lowerCase(),
            tokens.dropStopWords());
    return new TokensKind(cleaning, tokens.vocabularySize(), tokens.maxLength());
  }

  /**
   * Shape of the one field that networks read.
   *
   * @throws UserException if the rows are not of one image or one text each
   */
  public static Shape input(RowSchema schema) {
    if (schema.fields().values().stream().anyMatch(TokensKind.class::isInstance)) {
      TokensKind texts = schema.only(TokensKind.class).kind();
      return Shape.tokens(texts.maxLength(), texts.vocabularySize());
    }
    return ImageTransform.shape(schema.only(ImageKind.class).kind());
  }

  static FieldTransform of(FieldKind kind, InputField field, Augmentation augmentation) {
    if (kind instanceof ImageKind images && field instanceof InputField.Image image) {
      return new ImageTransform(ImageTransform.shape(images), image, augmentation);
    }
    if (kind instanceof TokensKind && field.equals(modelField(kind))) {
      requireNotAugmented(augmentation);
      return new TokenTransform();
    }
    if (kind instanceof TokensKind) {
      throw UserException.cannot(
          "read texts that became tokens by " + modelField(kind),
          "the model reads those by " + field,
          "use data that was prepared as the model's was");
    }
    throw new AssertionError("FieldKind without a transform: " + kind + " for " + field);
  }

  private static void requireNotAugmented(Augmentation augmentation) {
    if (augmentation != Augmentation.NONE) {
      throw new UserException(
          "Invalid training.augmentation: " + Names.of(augmentation) + " (must be none for texts)");
    }
  }

  /** Of rows of one image, in one view. */
  static RowTransform of(String field, ImageTransform images) {
    return new RowTransform(new String[] {field}, new FieldTransform[][] {{images}}, 1);
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
    return new Batch(allocated, capacity, views.length);
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
   * @param random decides on the augmentation, view by view and field by field
   * @param into says how many examples it will hold
   * @param at example of the batch
   */
  void apply(Rows rows, int row, SplitMix random, Batch into, int at) {
    for (int view = 0; view < views.length; view++) {
      int to = view * into.examples() + at;
      for (int i = 0; i < names.length; i++) {
        FieldTransform field = views[view][i];
        FieldValues values = rows.field(names[i], field.values());
        field.apply(values, row, random, into.field(names[i], BatchField.class), to);
      }
      into.labels()[to] = rows.label(row);
    }
  }
}
