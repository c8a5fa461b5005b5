package io.blockwise.job.feed;

import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.FieldKind;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.NumbersKind;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.options.Cleaning;
import io.blockwise.data.options.Tokenizer;
import io.blockwise.job.config.TrainingSettings.Augmentation;
import io.blockwise.model.artifact.InputField;
import io.blockwise.model.spec.Shape;

/** What becomes of each kind of field: all of feeding that tells kinds apart. */
final class FieldKinds {
  private FieldKinds() {}

  /** What a model keeps of a field. */
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
    if (kind instanceof NumbersKind numbers) {
      return new InputField.Numbers(
          numbers.columns(), numbers.mean(), numbers.standardDeviation(), numbers.missingAsMean());
    }
    throw new AssertionError("FieldKind without a model field: " + kind);
  }

  /**
   * What a field has to be for a model to read it.
   *
   * @param input shape of the network's input, which an image has to be of
   * @throws UserException if its texts were cleaned as no text is here
   */
  static FieldKind rowKind(InputField field, Shape input) {
    if (field instanceof InputField.Image image) {
      Shape.FeatureMap map = input.requireMap("image");
      return new ImageKind(
          new ImageShape(map.channels(), map.height(), map.width()),
          image.flippable(),
          image.mean(),
          image.std());
    }
    if (field instanceof InputField.Numbers numbers) {
      return new NumbersKind(
          numbers.columns(), numbers.mean(), numbers.std(), numbers.missingAsMean());
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

  /** Shape of a row's value in a batch. */
  static Shape shape(FieldKind kind) {
    if (kind instanceof ImageKind images) {
      return ImageTransform.shape(images);
    }
    if (kind instanceof TokensKind texts) {
      return Shape.tokens(texts.maxLength(), texts.vocabularySize());
    }
    if (kind instanceof NumbersKind numbers) {
      return Shape.vector(numbers.columns().size());
    }
    throw new AssertionError("FieldKind without a shape: " + kind);
  }

  /**
   * How a field becomes one of batches.
   *
   * @param name for messages
   * @param field as a model reads it
   * @throws UserException if that is another kind, or of another size, or cleaned otherwise
   */
  static FieldTransform transform(
      String name, FieldKind kind, InputField field, Augmentation augmentation) {
    if (kind instanceof ImageKind images && field instanceof InputField.Image image) {
      requireSame(name, "channels", images.shape().channels(), image.mean().size());
      return new ImageTransform(ImageTransform.shape(images), image, augmentation);
    }
    if (kind instanceof TokensKind && field instanceof InputField.Tokens) {
      requireSameTokens(modelField(kind), field);
      return new TokenTransform();
    }
    if (kind instanceof NumbersKind rows && field instanceof InputField.Numbers numbers) {
      requireSame(name, "columns", rows.columns(), numbers.columns());
      requireNoOtherGaps(name, rows, numbers);
      return new NumberTransform(numbers);
    }
    requireSame(name, "kind", Names.of(modelField(kind).getClass()), Names.of(field.getClass()));
    throw new AssertionError("FieldKind without a transform: " + kind + " for " + field);
  }

  /** Rows without gaps are read in any case. */
  private static void requireNoOtherGaps(String name, NumbersKind rows, InputField.Numbers model) {
    if (rows.missingAsMean() && !model.missingAsMean()) {
      throw UserException.cannot(
          "read field " + name + ", in which numbers may be missing",
          "the model was trained on rows that have all of them",
          "use data that was prepared with data.table.missing = refuse");
    }
  }

  private static void requireSame(String name, String what, Object rows, Object model) {
    if (!rows.equals(model)) {
      throw UserException.cannot(
          "read field " + name + " of " + what + " " + rows,
          "the model reads it of " + what + " " + model,
          "use data that was prepared as the model's was");
    }
  }

  private static void requireSameTokens(InputField rows, InputField model) {
    if (!rows.equals(model)) {
      throw UserException.cannot(
          "read texts that became tokens by " + rows,
          "the model reads those by " + model,
          "use data that was prepared as the model's was");
    }
  }
}
