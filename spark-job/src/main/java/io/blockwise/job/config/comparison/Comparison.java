package io.blockwise.job.config.comparison;

import static io.blockwise.base.Checks.invalid;

import io.blockwise.base.FileNames;
import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.Variables;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Runs that are compared.
 *
 * <p>Always true: there is at least one, and no two publish a model of the same name, on file
 * systems that do not tell upper from lower case either. Immutable.
 *
 * @param name directory below {@code output/comparisons}
 * @param output directory below which everything is written
 * @param command that reads them, without secrets that show, to be repeated
 * @param into Markdown file that gets a section with the report
 * @param runs in the order in which they are to run
 * @param search which of them are made, if that is decided by what others reach
 */
public record Comparison(
    String name,
    String output,
    String command,
    Optional<Path> into,
    List<Run> runs,
    Optional<SearchPlan> search) {
  public Comparison {
    FileNames.require("model.name", name);
    runs = List.copyOf(runs);
    if (runs.isEmpty()) {
      throw invalid("compare.runs", "{}", "must have at least one run");
    }
    Set<String> models = new HashSet<>();
    for (Run run : runs) {
      if (!models.add(run.settings().model().name().toLowerCase(Locale.ROOT))) {
        throw invalid("compare.runs", run, "must have a name and seed of its own");
      }
    }
  }

  /**
   * One of them. Immutable.
   *
   * @param configuration its section's name in {@code compare.runs}
   */
  public record Run(String configuration, Settings settings) {
    /** {@code scpl seed 1}. */
    @Override
    public String toString() {
      return configuration + " seed " + settings.seed();
    }
  }

  /**
   * Reads a configuration file over the defaults, and every run's section over both.
   *
   * @param file as {@link Settings#load} reads it, with a section {@code compare}
   * @param sets overrides {@code key=value} of all runs, or of what is in {@code compare}
   * @throws UserException if the file cannot be read, or a key or value of any run is refused
   */
  public static Comparison load(Path file, List<String> sets) {
    return new ComparisonReader(Variables.current()).read(file, sets);
  }
}
