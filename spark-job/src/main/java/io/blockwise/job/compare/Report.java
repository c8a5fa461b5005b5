package io.blockwise.job.compare;

import io.blockwise.base.files.Storage;
import io.blockwise.job.config.comparison.Comparison;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** What a comparison writes: {@code output/comparisons/NAME}. Thread-safe. */
final class Report implements Written {
  private final Comparison comparison;
  private final Storage storage;
  private final Path directory;
  private final Optional<MarkdownSection> into;

  /**
   * Creates nothing.
   *
   * @throws io.blockwise.base.UserException if the Markdown file cannot be written
   */
  Report(Configuration hadoop, Comparison comparison) throws IOException {
    this.comparison = comparison;
    storage = new Storage(hadoop);
    into = comparison.into().map(file -> new MarkdownSection(file, comparison.name()));
    if (into.isPresent()) {
      into.get().requireWritable();
    }
    directory = new Path(new Path(comparison.output(), "comparisons"), comparison.name());
  }

  @Override
  public synchronized void write(Standings standings) throws IOException {
    Map<String, String> pictures = Pictures.of(standings.rows());
    for (Map.Entry<String, String> picture : pictures.entrySet()) {
      write(picture.getKey(), picture.getValue());
    }
    write("table.csv", CsvTables.configurations(standings.rows()).csv());
    write("runs.csv", CsvTables.runs(standings.entries()).csv());
    write("table.md", MarkdownReport.of(comparison, standings, ""));
    if (into.isPresent()) {
      String report = MarkdownReport.of(comparison, standings, comparison.name() + "/");
      into.get().write(storage, report, pictures);
    }
  }

  @Override
  public String table(Standings standings) {
    return MarkdownReport.table(comparison, standings);
  }

  private void write(String name, String content) throws IOException {
    storage.write(new Path(directory, name), content.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
