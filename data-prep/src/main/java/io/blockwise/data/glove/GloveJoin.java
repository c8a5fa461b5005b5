package io.blockwise.data.glove;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.progress.Progress;
import io.blockwise.data.progress.ReportedJob;
import io.blockwise.data.progress.Step;
import io.blockwise.data.text.Vocabulary;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;

/**
 * Finds the vectors of a vocabulary, each piece of the file in a task of its own; only those of the
 * vocabulary come to the driver. Used by one thread.
 */
public final class GloveJoin {
  private final JavaSparkContext spark;
  private final Storage storage;
  private final Progress progress;

  public GloveJoin(JavaSparkContext spark, Storage storage, Progress progress) {
    this.spark = spark;
    this.storage = storage;
    this.progress = progress;
  }

  /**
   * The vectors that the file has, whatever pieces it is cut into.
   *
   * @throws UserException if there is none, or they are too many; possibly as a cause, if a task
   *     found a line that cannot be used
   */
  public VocabularyVectors of(Broadcast<Vocabulary> vocabulary, GloveFile file)
      throws ExecutionException, InterruptedException {
    VocabularyVectors vectors = new VocabularyVectors(vocabulary.value().size(), file.dimension());
    List<GlovePiece> pieces = file.pieces();
    Storage files = storage;
    LongAccumulator read = spark.sc().longAccumulator();
    JavaRDD<GlovePiece.Found> found =
        spark
            .parallelize(IntStream.range(0, pieces.size()).boxed().toList(), pieces.size())
            .map(number -> found(pieces.get(number), vocabulary, files, read));
    Step step = new Step("Reading word vectors", file.length(), Step.Unit.BYTES);
    new ReportedJob(step, read, progress).forEach(found, vectors::add);
    if (vectors.words() == 0) {
      throw UserException.cannot(
          "use word vectors " + file.path(),
          "it has none of the " + vocabulary.value().size() + " tokens of the vocabulary",
          "look at its language, at data.text.tokenizer and at data.text.lower-case");
    }
    return vectors;
  }

  private static GlovePiece.Found found(
      GlovePiece piece, Broadcast<Vocabulary> vocabulary, Storage storage, LongAccumulator read)
      throws IOException {
    GlovePiece.Found found = piece.in(vocabulary.value(), storage);
    read.add(piece.end() - piece.start());
    return found;
  }
}
