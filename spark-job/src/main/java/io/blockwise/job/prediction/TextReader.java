package io.blockwise.job.prediction;

import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.text.TextEncoder;
import io.blockwise.data.text.Vocabulary;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.model.artifact.ModelDescription;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.engine.Batch;
import java.util.List;
import java.util.Map;

/**
 * Makes batches of raw texts with what an artifact says of them: cleaned, cut off and looked up in
 * its vocabulary as the texts of its training were. Used by one thread.
 */
final class TextReader {
  private final RowSchema.Field<TokensKind> field;
  private final TextEncoder encoder;
  private final RowTransform transform;

  /**
   * @throws io.blockwise.base.UserException if the model reads anything but one text
   */
  TextReader(ModelVersion version) {
    ModelDescription description = version.description();
    RowSchema schema = RowTransform.textRows(description.fields());
    field = schema.only(TokensKind.class);
    encoder = new TextEncoder(field.kind(), vocabulary(version.vocabulary()));
    transform = RowTransform.of(schema, description.fields());
  }

  private static Vocabulary vocabulary(List<String> lines) {
    return new Vocabulary(lines.subList(TokensKind.UNKNOWN + 1, lines.size()));
  }

  /** The ids of a text. */
  int[] ids(String text) {
    return encoder.ids(text);
  }

  /** A batch of texts that are ids by now; its labels mean nothing. */
  Batch batch(List<int[]> texts) {
    return transform.batch(
        new Rows(0, new int[texts.size()], Map.of(field.name(), field.kind().values(texts))));
  }
}
