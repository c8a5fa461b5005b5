package io.blockwise.data.learn;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.FieldKind;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.NumbersKind;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.progress.ReportedJob;
import io.blockwise.data.text.EmbeddingMatrix;
import io.blockwise.data.text.Vocabulary;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Learns nothing of one field, but takes over what another data set has learned of it: its mean and
 * standard deviation, its vocabulary with the vectors, its greatest length. So a model that was
 * trained on the one reads the rows of the other. Immutable.
 */
public final class Inherited implements Learner {
  private final Dataset parent;

  public Inherited(Dataset parent) {
    this.parent = parent;
  }

  @Override
  public Learned learn(RowSchema raw, JavaRDD<byte[][]> train, ReportedJob first) {
    Map.Entry<String, FieldKind> field = raw.fields().entrySet().iterator().next();
    String name = field.getKey();
    FieldKind kind = parent.manifest().fields().get(name);
    if (kind instanceof TokensKind texts) {
      return vocabulary(name, texts, new JavaSparkContext(train.context()));
    }
    requireSameShape(field.getValue(), kind);
    RowSchema schema = new RowSchema(Map.of(name, kind));
    return () -> schema;
  }

  private Learned vocabulary(String field, TokensKind texts, JavaSparkContext spark) {
    boolean main = parent.manifest().schema().main().name().equals(field);
    Optional<EmbeddingMatrix> vectors =
        main ? EmbeddingMatrix.of(parent) : EmbeddingMatrix.ofSide(parent, field);
    List<String> ids = Vocabulary.words(parent, field);
    Vocabulary words = new Vocabulary(ids.subList(TokensKind.UNKNOWN + 1, ids.size()));
    String prefix = main ? "" : Vocabulary.prefixOfSide(field);
    return new LearnedVocabulary(field, texts, prefix, spark.broadcast(words), vectors);
  }

  /**
   * Files in idx layout and side images say themselves how large they are, and tables which columns
   * they have.
   */
  private void requireSameShape(FieldKind raw, FieldKind inherited) {
    if (raw instanceof ImageKind now
        && inherited instanceof ImageKind then
        && !now.shape().equals(then.shape())) {
      throw UserException.cannot(
          "append to data set " + parent.directory(),
          "its images are of " + then.shape() + ", the new ones of " + now.shape(),
          "append images of the same size, or prepare a data set of its own");
    }
    if (raw instanceof NumbersKind now
        && inherited instanceof NumbersKind then
        && !now.columns().equals(then.columns())) {
      throw UserException.cannot(
          "append to data set " + parent.directory(),
          "its numbers are of columns " + then.columns() + ", the new ones of " + now.columns(),
          "append tables with the same columns, or prepare a data set of its own");
    }
  }
}
