package io.blockwise.job.prediction.bulk;

import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.prediction.ModelPlace;
import io.blockwise.job.prediction.Prediction;
import io.blockwise.job.prediction.ServedModel;
import io.blockwise.model.exits.ExitRule;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;

/**
 * What an executor does with a partition: answers it, and lets the answers out while it does.
 * Immutable.
 *
 * @param batchSize rows that are computed together
 * @param form what becomes of an answer
 */
public record AnswerTask(
    ModelPlace place, EngineChoice engine, ExitRule rule, int batchSize, Form form)
    implements Serializable {
  /** What becomes of what was kept of a row and of its answer. */
  @FunctionalInterface
  public interface Form extends Serializable {
    /** A row of both. */
    Row of(Row kept, Prediction prediction);
  }

  /** The answers, in the order in which they are found. */
  public Iterator<Row> answers(Iterator<Asked> asked) throws IOException, InterruptedException {
    ServedModel model = ServedModel.borrow(place, engine);
    AnswerIterator answers = new AnswerIterator(asked, model, this);
    // also where Spark takes no more of them
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> answers.end());
    return answers;
  }
}
