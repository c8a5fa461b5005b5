package io.blockwise.spark;

import io.blockwise.job.prediction.Example;
import io.blockwise.job.prediction.bulk.AnswerTask;
import io.blockwise.job.prediction.bulk.Asked;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Answers the rows of a DataFrame, each of which has its example in the one form behind its own
 * columns. Immutable.
 */
final class FrameAnswers implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1;

  /** Behind the columns of any frame. */
  private static final String EXAMPLE = "blockwise example";

  private final transient Column values;
  private final Examples kind;
  private final AnswerTask task;

  private FrameAnswers(Column values, Examples kind, AnswerTask task) {
    this.values = values;
    this.kind = kind;
    this.task = task;
  }

  static FrameAnswers of(Columns columns, StructType frame, AnswerTask task) {
    Examples kind = Examples.kind(columns, frame);
    return new FrameAnswers(kind.values(columns, frame), kind, task);
  }

  /** The frame with the examples. */
  Dataset<Row> asked(Dataset<Row> frame) {
    return frame.withColumn(EXAMPLE, values);
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) throws IOException, InterruptedException {
    Iterable<Row> all = () -> rows;
    Stream<Asked> asked = StreamSupport.stream(all.spliterator(), false).map(this::asked);
    return task.answers(asked.iterator());
  }

  private Asked asked(Row row) {
    int last = row.size() - 1;
    Row kept = RowFactory.create(IntStream.range(0, last).mapToObj(row::get).toArray());
    return new Asked(kept, row.isNullAt(last) ? null : Example.of(example(row, last)));
  }

  private Object example(Row row, int column) {
    return switch (kind) {
      case NUMBERS -> numbers(row.getList(column));
      case TEXTS -> row.getString(column);
      case IMAGES -> image(row.get(column));
    };
  }

  private static float[] numbers(List<Float> list) {
    float[] numbers = new float[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      Float number = list.get(i);
      numbers[i] = number == null ? Float.NaN : number;
    }
    return numbers;
  }

  private static byte[] image(Object value) {
    try {
      return ImageFiles.content(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
