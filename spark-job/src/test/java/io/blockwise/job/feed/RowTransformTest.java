package io.blockwise.job.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.SplitMix;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.FieldKind;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.ImageValues;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.options.Cleaning;
import io.blockwise.data.options.Tokenizer;
import io.blockwise.job.config.TrainingSettings.Augmentation;
import io.blockwise.model.artifact.InputField;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.FloatField;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowTransformTest {
  private static final ImageKind GREY =
      new ImageKind(new ImageShape(1, 1, 2), true, List.of(0.0), List.of(1.0));
  private static final ImageKind COLOUR =
      new ImageKind(new ImageShape(3, 1, 1), false, List.of(0.0, 0.0, 0.5), List.of(1.0, 0.5, 1.0));

  private static final TokensKind TEXTS =
      new TokensKind(new Cleaning(Tokenizer.STANDARD, true, true, false), 3, 2);

  @Test
  void everyKindOfFieldHasATransform() {
    List<FieldKind> read = List.of(GREY, TEXTS);
    assertThat(read)
        .extracting(Object::getClass)
        .containsExactlyInAnyOrder(FieldKind.class.getPermittedSubclasses());
    assertThat(read)
        .allSatisfy(
            kind -> RowTransform.of(kind, RowTransform.modelField(kind), Augmentation.NONE));
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
    Map<String, InputField> inputs = Map.of("text", RowTransform.modelField(GREY));
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
}
