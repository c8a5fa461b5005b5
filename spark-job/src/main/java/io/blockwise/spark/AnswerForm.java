package io.blockwise.spark;

import io.blockwise.job.prediction.Prediction;
import io.blockwise.job.prediction.bulk.AnswerTask;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * A row with its answers behind it, in the order of {@link Columns#answers}. Immutable.
 *
 * <p>Classes that are numbers stand in numerical order, so that those of a label from 0 up stand
 * where Spark ML looks for them.
 */
final class AnswerForm implements AnswerTask.Form {
  private static final long serialVersionUID = 1;

  /** Which probability stands where. */
  private final int[] order;

  /** What is answered, by the model's number of a class. */
  private final double[] predictions;

  private final List<String> labels;
  private final boolean raw;
  private final boolean probability;
  private final boolean prediction;
  private final boolean label;

  AnswerForm(List<String> labels, Columns columns) {
    this.labels = labels;
    boolean numbers = labels.stream().allMatch(AnswerForm::isNumber);
    predictions =
        IntStream.range(0, labels.size())
            .mapToDouble(i -> numbers ? Double.parseDouble(labels.get(i)) : i)
            .toArray();
    order =
        IntStream.range(0, labels.size())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> predictions[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    raw = !columns.name(columns.rawPrediction).isEmpty();
    probability = !columns.name(columns.probability).isEmpty();
    prediction = !columns.name(columns.prediction).isEmpty();
    label = !columns.name(columns.predictedLabel).isEmpty();
  }

  private static boolean isNumber(String label) {
    return label.matches("-?[0-9]+([.][0-9]+)?(E-?[0-9]+)?");
  }

  @Override
  public Row of(Row kept, Prediction answer) {
    double[] all = IntStream.of(order).mapToDouble(i -> answer.probabilities().get(i)).toArray();
    Vector probabilities = Vectors.dense(all);
    Object[] values = new Object[kept.size() + count()];
    int at = 0;
    for (; at < kept.size(); at++) {
      values[at] = kept.get(at);
    }
    if (raw) {
      values[at++] = Vectors.dense(IntStream.of(order).mapToDouble(i -> log(answer, i)).toArray());
    }
    if (probability) {
      values[at++] = probabilities;
    }
    if (prediction) {
      values[at++] = predictions[labels.indexOf(answer.label())];
    }
    if (label) {
      values[at] = answer.label();
    }
    return RowFactory.create(values);
  }

  private int count() {
    return (raw ? 1 : 0) + (probability ? 1 : 0) + (prediction ? 1 : 0) + (label ? 1 : 0);
  }

  /** Finite, also of what is so small that it is 0. */
  private static double log(Prediction answer, int label) {
    return Math.log(Math.max(answer.probabilities().get(label), Double.MIN_NORMAL));
  }
}
