package io.blockwise.job.prediction;

import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.TokenValues;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.text.TextEncoder;
import io.blockwise.data.text.Vocabulary;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.engine.Batch;
import java.util.List;
import java.util.Map;

/** Texts: cleaned, cut off, and looked up in the vocabulary of the artifact. */
final class RawTexts implements RawReader<String, int[]> {
  private final RowSchema.Field<TokensKind> field;
  private final TextEncoder encoder;
  private final RowTransform transform;

  /**
   * @throws io.blockwise.base.UserException if the model does not read texts
   */
  RawTexts(ModelVersion version) {
    RowSchema schema = RowTransform.rowsOf(version.description());
    field = schema.main(TokensKind.class);
    encoder = new TextEncoder(field.kind(), vocabulary(version.vocabularies().get(field.name())));
    transform = RowTransform.of(schema, version.description().fields());
  }

  private static Vocabulary vocabulary(List<String> lines) {
    return new Vocabulary(lines.subList(TokensKind.UNKNOWN + 1, lines.size()));
  }

  @Override
  public int[] read(String text) {
    return encoder.ids(text);
  }

  @Override
  public int[] of(Rows rows, int row) {
    return rows.field(field.name(), TokenValues.class).tokens(row);
  }

  @Override
  public int length(int[] ids) {
    return ids.length;
  }

  @Override
  public Batch batch(List<int[]> texts) {
    return transform.batch(
        new Rows(0, new int[texts.size()], Map.of(field.name(), field.kind().values(texts))));
  }
}
