package io.blockwise.data.shard;

import io.blockwise.base.files.Storage;
import io.blockwise.data.progress.Progress;
import io.blockwise.data.progress.ReportedJob;
import io.blockwise.data.progress.Step;
import io.blockwise.data.source.Piece;
import io.blockwise.data.source.Survey;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;

/** Reads every piece of raw data in a task of its own. Used by one thread. */
public final class SpreadSurvey implements Survey {
  private final JavaSparkContext spark;
  private final Storage storage;
  private final Progress progress;

  public SpreadSurvey(JavaSparkContext spark, Storage storage, Progress progress) {
    this.spark = spark;
    this.storage = storage;
    this.progress = progress;
  }

  @Override
  public List<Piece.Census> of(List<? extends Piece> pieces)
      throws ExecutionException, InterruptedException {
    int count = pieces.size();
    LongAccumulator done = spark.sc().longAccumulator();
    Storage files = storage;
    JavaRDD<Piece.Census> found =
        spark
            .parallelize(IntStream.range(0, count).boxed().toList(), Math.max(1, count))
            .map(number -> census(pieces.get(number), files, done));
    Step step = new Step("Counting rows", count, Step.Unit.PIECES);
    return new ReportedJob(step, done, progress).collect(found);
  }

  private static Piece.Census census(Piece piece, Storage storage, LongAccumulator done)
      throws IOException {
    Piece.Census census = piece.census(storage);
    done.add(1);
    return census;
  }
}
