package io.blockwise.data.learn;

import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.FieldKind;
import io.blockwise.data.dataset.ListedFile;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.progress.ReportedJob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;

/**
 * Learns of every field what it would learn if there were no other. Immutable.
 *
 * <p>So a main field is the same with and without side fields.
 */
public final class FieldLearners implements Learner {
  private final List<Learner> learners;

  /**
   * @param learners one per field, in their order
   */
  public FieldLearners(List<Learner> learners) {
    this.learners = List.copyOf(learners);
  }

  @Override
  public Learned learn(RowSchema raw, JavaRDD<byte[][]> train, ReportedJob first)
      throws ExecutionException, InterruptedException {
    List<Learned> learned = new ArrayList<>();
    for (Map.Entry<String, FieldKind> field : raw.fields().entrySet()) {
      int index = learned.size();
      RowSchema alone = new RowSchema(Map.of(field.getKey(), field.getValue()));
      JavaRDD<byte[][]> values = train.map(row -> new byte[][] {row[index]});
      learned.add(learners.get(index).learn(alone, values, first));
    }
    return new LearnedFields(learned);
  }

  /** What was learned of each field, in their order. */
  private record LearnedFields(List<Learned> fields) implements Learned {
    @Override
    public RowSchema schema() {
      Map<String, FieldKind> kinds = new LinkedHashMap<>();
      fields.forEach(field -> kinds.putAll(field.schema().fields()));
      return new RowSchema(kinds);
    }

    @Override
    public byte[][] values(byte[][] raw) {
      byte[][] values = new byte[raw.length][];
      for (int i = 0; i < raw.length; i++) {
        values[i] = fields.get(i).values(new byte[][] {raw[i]})[0];
      }
      return values;
    }

    @Override
    public List<ListedFile> writeBeside(Storage storage, Path directory) throws IOException {
      List<ListedFile> files = new ArrayList<>();
      for (Learned field : fields) {
        files.addAll(field.writeBeside(storage, directory));
      }
      return files;
    }
  }
}
