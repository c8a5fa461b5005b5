package io.blockwise.job.report;

import io.blockwise.base.UserException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The command {@code runs}: the runs below an output, one line each, the newest last. */
public final class RunListing {
  private static final List<String> TITLES =
      List.of("run", "model", "data", "method", "workers", "accuracy", "status");

  private RunListing() {}

  /**
   * Prints all runs of {@code output}, those that cannot be read among them.
   *
   * @param now to say for how long nothing was heard of a run
   * @throws UserException if there are no runs there
   */
  public static void print(Configuration hadoop, String output, Instant now, PrintStream out)
      throws IOException {
    Path runs = new Path(output, "runs");
    FileSystem files = runs.getFileSystem(hadoop);
    List<RunRecord> found = new ArrayList<>();
    for (FileStatus status : directories(files, runs)) {
      found.add(RunRecord.read(files, status.getPath(), now));
    }
    found.sort(Comparator.comparing(RunRecord::started).thenComparing(RunRecord::id));
    List<List<String>> table = new ArrayList<>(List.of(TITLES));
    found.forEach(run -> table.add(run.cells()));
    table.forEach(row -> out.println(line(row, widths(table))));
    out.flush();
  }

  private static List<FileStatus> directories(FileSystem files, Path runs) throws IOException {
    try {
      return Arrays.stream(files.listStatus(runs)).filter(FileStatus::isDirectory).toList();
    } catch (FileNotFoundException e) {
      throw new UserException(
          "Cannot list runs: "
              + runs
              + " does not exist (give a configuration, or the directory that it calls output, after"
              + " a first training)",
          e);
    }
  }

  private static int[] widths(List<List<String>> table) {
    int[] widths = new int[TITLES.size()];
    for (List<String> row : table) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return widths;
  }

  private static String line(List<String> row, int[] widths) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < widths.length; i++) {
      cells.add(row.get(i) + " ".repeat(widths[i] - row.get(i).length()));
    }
    return cells.stream().collect(Collectors.joining("  ")).stripTrailing();
  }
}
