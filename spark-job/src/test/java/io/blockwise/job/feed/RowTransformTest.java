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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RowTransformTest {
  private static final ImageKind GREY =
      new ImageKind(new ImageShape(1, 1, 2), true, List.of(0.0), List.of(1.0));
  private static final ImageKind COLOUR =
      new ImageKind(new ImageShape(3, 1, 1), false, List.of(0.0, 0.0, 0.5), List.of(1.0, 0.5, 1.0));

  @Test
  void everyKindOfFieldHasATransformOrIsRefused() {
    List<FieldKind> read = List.of(GREY);
    Cleaning cleaning = new Cleaning(Tokenizer.STANDARD, true, true, false);
    List<FieldKind> refused = List.of(new TokensKind(cleaning, 3, 1));
    assertThat(Stream.concat(read.stream(), refused.stream()))
        .extracting(Object::getClass)
        .containsExactlyInAnyOrder(FieldKind.class.getPermittedSubclasses());
    assertThat(read)
        .allSatisfy(
            kind -> RowTransform.of(kind, RowTransform.modelField(kind), Augmentation.NONE));
    assertThat(refused)
        .allSatisfy(
            kind ->
                assertThatThrownBy(() -> RowTransform.modelField(kind))
                    .isInstanceOf(UserException.class)
                    .hasMessage(
                        "Cannot read fields of kind tokens: no network has layers for them yet"
                            + " (choose a data set of images)"));
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
