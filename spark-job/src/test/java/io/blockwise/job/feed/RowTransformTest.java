package io.blockwise.job.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.Names;
import io.blockwise.base.SplitMix;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.FieldKind;
import io.blockwise.data.dataset.FieldValues;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.ImageValues;
import io.blockwise.data.dataset.NumberValues;
import io.blockwise.data.dataset.NumbersKind;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.dataset.WeightKind;
import io.blockwise.data.dataset.WeightValues;
import io.blockwise.data.options.Cleaning;
import io.blockwise.data.options.Tokenizer;
import io.blockwise.job.config.TrainingSettings.Augmentation;
import io.blockwise.model.artifact.InputField;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.FloatField;
import io.blockwise.model.engine.TokenField;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RowTransformTest {
  private static final ImageKind GREY =
      new ImageKind(new ImageShape(1, 1, 2), true, List.of(0.0), List.of(1.0));
  private static final ImageKind COLOUR =
      new ImageKind(new ImageShape(3, 1, 1), false, List.of(0.0, 0.0, 0.5), List.of(1.0, 0.5, 1.0));

  private static final TokensKind TEXTS =
      new TokensKind(new Cleaning(Tokenizer.STANDARD, true, true, false), 3, 2);

  private static final NumbersKind NUMBERS =
      new NumbersKind(List.of("price", "year"), List.of(10.0, 2000.0), List.of(2.0, 1.0));

  @Test
  void rowsRepeatThatNothingIsLeftToChanceIn() {
    RowSchema images = RowSchema.of(GREY);
    assertThat(RowTransform.of(images, Augmentation.NONE).allocate(2).repeats()).isTrue();
    assertThat(RowTransform.of(images, Augmentation.WEAK).allocate(2).repeats()).isFalse();
    Batch batch = RowTransform.of(RowSchema.of(TEXTS), Augmentation.NONE).batch(textsWithNumbers());
    assertThat(batch.number(1)).isEqualTo(textsWithNumbers().row(1));
  }

  @Test
  void everyKindOfFieldHasATransform() {
    List<FieldKind> read = List.of(GREY, TEXTS, NUMBERS);
    List<Object> kinds = new ArrayList<>(List.of(FieldKind.class.getPermittedSubclasses()));
    kinds.remove(WeightKind.class); // which no network reads
    assertThat(read.stream().<Object>map(Object::getClass).toList())
        .containsExactlyInAnyOrderElementsOf(kinds);
    assertThat(read)
        .allSatisfy(
            kind ->
                FieldKinds.transform(
                    "field", kind, FieldKinds.modelField(kind), Augmentation.NONE));
  }

  @Test
  void rowsCountInBatchesWhatTheyCountInTheDataSetInEveryView() {
    RowSchema schema = RowSchema.of(NUMBERS).weighted();
    Map<String, FieldValues> fields = new LinkedHashMap<>();
    fields.put("numbers", new NumberValues(2, new float[] {1, 2, 3, 4}));
    fields.put("weight", new WeightValues(new float[] {0.5f, 3}));
    Rows rows = new Rows(7, new int[] {0, 1}, fields);
    Batch batch = RowTransform.of(schema, Augmentation.NONE).batch(rows);
    assertThat(batch.weights()).containsExactly(0.5f, 3);
    assertThat(RowTransform.of(RowSchema.of(NUMBERS), Augmentation.NONE).batch(rows).weighted())
        .isFalse();

    RowSchema images = RowSchema.of(GREY).weighted();
    RowTransform twice = RowTransform.of(images, Augmentation.TWO_VIEW);
    fields.put("pixels", GREY.values(2));
    Batch views = twice.allocate(2);
    views.examples(2);
    for (int row = 0; row < 2; row++) {
      twice.apply(new Rows(7, new int[] {0, 1}, fields), row, new SplitMix(5), views, row);
    }
    assertThat(views.weights()).containsExactly(0.5f, 3, 0.5f, 3);
  }

  @Test
  void textsAreNotAugmented() {
    assertThatThrownBy(() -> RowTransform.of(RowSchema.of(TEXTS), Augmentation.WEAK))
        .isInstanceOf(UserException.class)
        .hasMessage("Invalid training.augmentation: weak (must be none for texts)");
  }

  @Test
  void textsThatWerePreparedOtherwiseThanTheModelsAreRefused() {
    TokensKind cut = new TokensKind(TEXTS.cleaning(), 3, 1);
    Map<String, InputField> fields = RowTransform.modelFields(RowSchema.of(TEXTS));
    assertThatThrownBy(() -> RowTransform.of(RowSchema.of(cut), fields))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot read texts that became tokens by standard, tags stripped, lower case, 3 ids, at"
                + " most 1 token: the model reads those by standard, tags stripped, lower case, 3"
                + " ids, at most 2 tokens (use data that was prepared as the model's was)");
  }

  @Test
  void textsBecomeRowsOfABatchAsLongAsTheyAre() {
    RowTransform transform = RowTransform.of(RowSchema.of(TEXTS), Augmentation.NONE);
    Rows rows =
        new Rows(
            0,
            new int[] {1, 0},
            Map.of("tokens", TEXTS.values(List.of(new int[] {1, 2}, new int[] {2, 1}))));
    Batch batch = transform.allocate(2);
    batch.examples(1);
    transform.apply(rows, 1, new SplitMix(1), batch, 0);
    assertThat(batch.tokens().orElseThrow().padded(1)).containsExactly(2, 1);
    assertThat(batch.labels()[0]).isZero();
    assertThat(transform.length(rows, 0)).isEqualTo(2);
  }

  @Test
  void rowsOfOtherFieldsThanTheModelsAreRefused() {
    Map<String, InputField> inputs = Map.of("text", FieldKinds.modelField(GREY));
    assertThatThrownBy(() -> RowTransform.of(RowSchema.of(GREY), inputs))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot read rows with fields [pixels]: the model was trained on rows with fields [text]"
                + " (use data of the kind that it was trained on)");
  }

  @Test
  void everyFieldGoesToTheFieldOfItsName() {
    Map<String, FieldKind> fields = new LinkedHashMap<>();
    fields.put("left", GREY);
    fields.put("right", COLOUR);
    RowTransform transform = RowTransform.of(new RowSchema(fields), Augmentation.NONE);
    Rows rows =
        new Rows(
            7,
            new int[] {4, 5},
            Map.of(
                "left", new ImageValues(GREY.shape(), new byte[] {0, 0, (byte) 255, 51}),
                "right", new ImageValues(COLOUR.shape(), new byte[] {0, 0, 0, 51, 51, 51})));
    Batch batch = transform.allocate(3);
    transform.requireFit(rows);
    transform.apply(rows, 1, new SplitMix(1), batch, 2);
    assertThat(batch.field("left", FloatField.class).values()).containsExactly(0, 0, 0, 0, 1, .2f);
    assertThat(batch.field("right", FloatField.class).values())
        .containsExactly(0, 0, 0, 0, 0, 0, .2f, .4f, -.3f);
    assertThat(batch.labels()).containsExactly(0, 0, 5);
  }

  @Test
  void numbersAreStandardisedWithTheStatisticsOfTrain() {
    RowSchema schema = RowSchema.of(TEXTS).with(Map.of("numbers", NUMBERS));
    RowTransform transform = RowTransform.of(schema, Augmentation.NONE);
    Batch batch = transform.batch(textsWithNumbers());
    assertThat(batch.field("numbers", FloatField.class).values()).containsExactly(-5, 1, 5, 0);
    assertThat(batch.field("tokens", TokenField.class).padded(2)).containsExactly(1, 2, 2, 1);
    assertThat(RowTransform.input(schema)).isEqualTo(Shape.tokens(2, 3));
    assertThat(RowTransform.sides(schema)).isEqualTo(Map.of("numbers", Shape.vector(2)));
  }

  @Test
  void sideFieldsThatOnlyOneOfModelAndRowsHasAreLeftOut() {
    RowSchema plain = RowSchema.of(TEXTS);
    RowSchema sided = plain.with(Map.of("numbers", NUMBERS));
    Batch ofModel =
        RowTransform.of(sided, RowTransform.modelFields(plain)).batch(textsWithNumbers());
    Batch ofRows =
        RowTransform.of(plain, RowTransform.modelFields(sided)).batch(textsWithNumbers());
    for (Batch batch : List.of(ofModel, ofRows)) {
      assertThat(batch.field("tokens", TokenField.class).padded(2)).containsExactly(1, 2, 2, 1);
      assertThatThrownBy(() -> batch.field("numbers", FloatField.class))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void sideFieldOfAnotherKindOrSizeThanTheModelsIsRefused() {
    assertOthersRefused(
        NUMBERS,
        new NumbersKind(List.of("price"), List.of(1.0), List.of(1.0)),
        "Cannot read field side of columns [price]: the model reads it of columns [price, year]");
    assertOthersRefused(
        NUMBERS, GREY, "Cannot read field side of kind image: the model reads it of kind numbers");
    assertOthersRefused(
        COLOUR, GREY, "Cannot read field side of channels 1: the model reads it of channels 3");
    assertOthersRefused(
        TEXTS,
        new TokensKind(TEXTS.cleaning(), 4, 2),
        "Cannot read texts that became tokens by standard, tags stripped, lower case, 4 ids, at most"
            + " 2 tokens: the model reads those by standard, tags stripped, lower case, 3 ids, at"
            + " most 2 tokens");
  }

  private static void assertOthersRefused(FieldKind model, FieldKind rows, String message) {
    RowSchema main = RowSchema.of(TEXTS);
    Map<String, InputField> fields = RowTransform.modelFields(main.with(Map.of("side", model)));
    assertThatThrownBy(() -> RowTransform.of(main.with(Map.of("side", rows)), fields))
        .isInstanceOf(UserException.class)
        .hasMessage(message + " (use data that was prepared as the model's was)");
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "WEAK"})
  void sideImagesAreCutAndMirroredAsTheirImageIs(Augmentation augmentation) {
    ImageKind kind = new ImageKind(new ImageShape(1, 9, 7), true, List.of(0.3), List.of(0.2));
    RowSchema alone = RowSchema.of(kind);
    RowSchema schema = alone.with(Map.of("images", kind, "numbers", NUMBERS));
    byte[] pixels = new byte[40 * kind.shape().bytes()];
    new Random(5).nextBytes(pixels);
    ImageValues images = new ImageValues(kind.shape(), pixels);
    Map<String, FieldValues> values =
        Map.of("pixels", images, "images", images, "numbers", NUMBERS.values(40));
    Rows rows = new Rows(0, new int[40], values);
    Batch sided = augmented(RowTransform.of(schema, augmentation), rows);
    Batch plain = augmented(RowTransform.of(alone, augmentation), rows);
    float[] main = sided.field("pixels", FloatField.class).values();
    assertThat(sided.field("images", FloatField.class).values()).isEqualTo(main);
    assertThat(plain.field("pixels", FloatField.class).values())
        .as("without side fields")
        .isEqualTo(main);
  }

  private static Batch augmented(RowTransform transform, Rows rows) {
    Batch batch = transform.allocate(rows.count());
    batch.examples(rows.count());
    for (int row = 0; row < rows.count(); row++) {
      transform.apply(rows, row, new SplitMix(row), batch, row);
    }
    return batch;
  }

  @ParameterizedTest
  @EnumSource(names = {"STRONG", "TWO_VIEW"})
  void coloursOfSideImagesAreNotChanged(Augmentation augmentation) {
    RowSchema schema = RowSchema.of(COLOUR).with(Map.of("images", GREY));
    assertThatThrownBy(() -> RowTransform.of(schema, augmentation))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Invalid training.augmentation: "
                + Names.of(augmentation)
                + " (must be none or weak for rows with a side image, whose colours may be none)");
  }

  @Test
  void textsAndNumbersBesideImagesStayAsTheyAreInEveryView() {
    RowSchema schema = RowSchema.of(COLOUR).with(Map.of("title", TEXTS, "numbers", NUMBERS));
    Map<String, FieldValues> values =
        Map.of(
            "pixels", new ImageValues(COLOUR.shape(), new byte[3]),
            "title", TEXTS.values(List.of(new int[] {2, 1})),
            "numbers", new NumberValues(2, new float[] {12, 2000}));
    RowTransform transform = RowTransform.of(schema, Augmentation.TWO_VIEW);
    Batch batch = augmented(transform, new Rows(0, new int[1], values));
    assertThat(batch.field("title", TokenField.class).padded(2)).containsExactly(2, 1, 2, 1);
    assertThat(batch.field("numbers", FloatField.class).values()).containsExactly(1, 0, 1, 0);
  }

  private static Rows textsWithNumbers() {
    return new Rows(
        0,
        new int[2],
        Map.of(
            "tokens",
            TEXTS.values(List.of(new int[] {1, 2}, new int[] {2, 1})),
            "numbers",
            new NumberValues(2, new float[] {0, 2001, 20, 2000})));
  }
}
