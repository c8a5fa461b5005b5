package io.blockwise.data.source.text;

import io.blockwise.base.files.Storage;
import io.blockwise.data.options.TableOptions;
import io.blockwise.data.options.TableOptions.Missing;
import io.blockwise.data.options.WeightColumn;
import io.blockwise.data.source.RawRows;
import io.blockwise.data.source.Source;
import io.blockwise.data.source.Survey;
import io.blockwise.data.source.text.record.Columns;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.fs.Path;

/** The user's own tables with a label and numbers in every row. */
public final class NumberTableSource implements Source {
  private final Storage storage;
  private final Path path;
  private final TableOptions options;
  private final WeightColumn weights;

  /**
   * @param path a table, or a folder of them
   */
  public NumberTableSource(Storage storage, Path path, TableOptions options, WeightColumn weights) {
    this.storage = storage;
    this.path = path;
    this.options = options;
    this.weights = weights;
  }

  @Override
  public boolean isPresent() throws IOException {
    return storage.exists(path);
  }

  @Override
  public RawRows open() throws IOException {
    return tables().open();
  }

  @Override
  public RawRows open(Survey survey) throws IOException, ExecutionException, InterruptedException {
    return tables().open(survey);
  }

  private TextTableSource tables() throws IOException {
    List<String> named = options.columns();
    Columns columns = columns(named.isEmpty() ? all() : named);
    return TextTableSource.ofNumbers(storage, path, columns);
  }

  private List<String> all() throws IOException {
    return new OwnFiles(storage, path, columns(List.of())).otherColumns();
  }

  private Columns columns(List<String> numbers) {
    boolean gaps = options.missing() == Missing.MEAN;
    return new Columns(options.labelColumn(), List.of(), numbers, gaps, weights.name().orElse(""));
  }
}
