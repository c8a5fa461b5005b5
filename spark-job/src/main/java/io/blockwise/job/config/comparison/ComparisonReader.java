package io.blockwise.job.config.comparison;

import static io.blockwise.job.config.SettingsReader.COMPARE;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.blockwise.base.FileNames;
import io.blockwise.base.InvalidValueException;
import io.blockwise.base.Redaction;
import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.SettingsReader;
import io.blockwise.job.config.TrainingSettings;
import io.blockwise.job.config.comparison.CompareKeys.Search;
import io.blockwise.job.config.hocon.HoconReader;
import io.blockwise.job.config.hocon.Location;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads comparisons: of each run the settings are its section over the rest of the file, with the
 * overrides over both. Immutable.
 */
final class ComparisonReader {
  private static final String RUNS = COMPARE + ".runs";
  private static final String SEEDS = "seeds";

  /** What a comparison chooses for each run, with where to say so. */
  private static final Map<String, String> CHOSEN =
      Map.of(
          "seed",
          "list them as seeds",
          "run-id",
          "leave it out: runs are found by their models",
          "output",
          "set it for all runs",
          "model",
          "set it for all runs, as the name of the comparison",
          COMPARE,
          "leave it out");

  /** What is the same for all candidates of a search. */
  private static final List<String> FIXED =
      List.of("data", "evaluation", "publish", "training.epochs", "training.epochs-at");

  private static final Pattern LINE = Pattern.compile(": (\\d+)(?:-\\d+)?(?:,|$)");

  private final SettingsReader settings;
  private final HoconReader<CompareKeys> keys;

  /** Substitutions that are no keys are looked up in {@code environment}. */
  ComparisonReader(Map<String, String> environment) {
    settings = new SettingsReader(environment);
    keys = new HoconReader<>(CompareKeys.class, environment, (file, config) -> config);
  }

  Comparison read(Path file, List<String> sets) {
    return settings.hocon().guarded(file, () -> readWithin(file, sets));
  }

  private Comparison readWithin(Path file, List<String> sets) {
    Config given = settings.hocon().given(file, sets);
    Config merged = settings.hocon().resolved(given);
    Config over = settings.hocon().overrides(sets).withoutPath(COMPARE).withoutPath("model.name");
    refuseChosen(over.root(), "", List.of("seed", "run-id"));
    Settings common = settings.bind(file, merged);
    if (common.runId().isPresent()) {
      throw chosen("run-id", merged.getValue("run-id"));
    }
    CompareKeys.Compare compare = keys(file, merged, ConfigFactory.empty().root());
    if (compare.search().kind() != Search.Kind.NONE) {
      return search(file, sets, merged, common, compare);
    }
    List<Comparison.Run> runs = new ArrayList<>();
    for (Map.Entry<String, ConfigObject> section : sections(merged)) {
      requireName(section);
      for (long seed : seeds(file, merged, section.getValue(), common)) {
        runs.add(run(file, given, over, section.getKey(), seed, common));
      }
    }
    return comparison(common, command(file, sets), compare, runs, Optional.empty());
  }

  private static Comparison comparison(
      Settings common,
      String command,
      CompareKeys.Compare compare,
      List<Comparison.Run> runs,
      Optional<SearchPlan> search) {
    try {
      return new Comparison(
          common.model().name(),
          common.output(),
          command,
          compare.into().map(Path::of),
          runs,
          search);
    } catch (InvalidValueException | InvalidPathException e) {
      throw new UserException(e.getMessage(), e);
    }
  }

  /** All trainings that a search may come to. */
  private Comparison search(
      Path file, List<String> sets, Config merged, Settings common, CompareKeys.Compare compare) {
    requireSearchable(merged, common, compare);
    ConfigObject given = space(merged);
    Search search = compare.search();
    try {
      List<SearchPlan.Rung> rungs = SearchPlan.rungs(search, common.training().epochs());
      List<SortedMap<String, ConfigValue>> drawn =
          Space.of(given).draw(rungs.get(0).entrants(), search.seed());
      List<Comparison.Run> runs = new ArrayList<>();
      for (SearchPlan.Rung rung : rungs) {
        for (int candidate = 0; candidate < drawn.size(); candidate++) {
          String name = SearchPlan.name(candidate, rung, rungs.size());
          runs.add(candidate(file, merged, common, name, drawn.get(candidate), rung));
        }
      }
      SearchPlan plan =
          new SearchPlan(
              common, drawn.stream().map(Space::texts).toList(), rungs, search.minutes());
      return comparison(common, command(file, sets), compare, runs, Optional.of(plan));
    } catch (InvalidValueException e) {
      throw new UserException(e.getMessage(), e);
    }
  }

  private static ConfigObject space(Config merged) {
    ConfigValue value = merged.getValue(Space.KEY);
    if (!(value instanceof ConfigObject given)) {
      throw UserException.invalid(
          Space.KEY, value.unwrapped() + Location.of(value), "must be a section of keys");
    }
    refuseChosen(given, Space.KEY + ".", List.copyOf(CHOSEN.keySet()));
    for (String key : FIXED) {
      if (given.toConfig().hasPath(key)) {
        throw UserException.cannot(
            "search " + key + Location.of(given.toConfig().getValue(key)),
            "all candidates are compared on the same rows, after as many epochs",
            "leave it out of " + Space.KEY);
      }
    }
    return given;
  }

  private static void requireSearchable(
      Config merged, Settings common, CompareKeys.Compare compare) {
    if (!merged.getValue(RUNS).equals(HoconReader.defaults().getValue(RUNS))) {
      throw UserException.cannot(
          "use " + RUNS + Location.of(merged.getValue(RUNS)),
          "a search draws its runs",
          "leave them out, or set compare.search.kind = none");
    }
    if (!compare.seeds().isEmpty()) {
      throw UserException.invalid(
          COMPARE + ".seeds",
          compare.seeds() + Location.of(merged.getValue(COMPARE + ".seeds")),
          "must be [] with compare.search: all candidates have the configuration's seed");
    }
    if (!common.publish().condition().isEmpty()) {
      throw UserException.invalid(
          "publish.if",
          common.publish().condition() + Location.of(merged.getValue("publish.if")),
          "must be empty with compare.search, which publishes its winner");
    }
  }

  private Comparison.Run candidate(
      Path file,
      Config merged,
      Settings common,
      String name,
      SortedMap<String, ConfigValue> values,
      SearchPlan.Rung rung) {
    String model = common.model().name() + "-" + name + "-seed" + common.seed();
    Config own =
        Space.config(values)
            .withValue("training.epochs", chosen(rung.epochs()))
            .withValue("evaluation.test", chosen(false))
            .withValue("model.name", chosen(model));
    try {
      Config config = own.withFallback(merged);
      Settings settings = this.settings.bind(file, config);
      requireTrains(settings, config);
      settings.expectedNetwork();
      return new Comparison.Run(name, settings);
    } catch (UserException e) {
      throw new UserException(
          "Cannot search with " + Space.texts(values) + ": " + e.getMessage(), e);
    }
  }

  private static List<Map.Entry<String, ConfigObject>> sections(Config merged) {
    if (!(merged.getValue(RUNS) instanceof ConfigObject runs) || runs.isEmpty()) {
      throw UserException.cannot(
          "compare",
          "there are no runs" + Location.of(merged.getValue(RUNS)),
          "add a section such as compare { seeds = [1, 2, 3], runs { bp { method = bp }, scpl {"
              + " method = scpl } } }");
    }
    List<Map.Entry<String, ConfigObject>> sections = new ArrayList<>();
    runs.forEach((name, section) -> sections.add(Map.entry(name, section(name, section))));
    sections.sort(
        Comparator.<Map.Entry<String, ConfigObject>>comparingInt(each -> line(each.getValue()))
            .thenComparing(Map.Entry::getKey));
    return sections;
  }

  private static ConfigObject section(String name, ConfigValue value) {
    if (value instanceof ConfigObject section) {
      return section;
    }
    throw UserException.invalid(
        RUNS + "." + name,
        value.unwrapped() + Location.of(value),
        "must be a section of keys, " + name + " { ... }");
  }

  /** Where a section stands in its file, whatever an override has added to it. */
  private static int line(ConfigValue section) {
    int last = 0;
    Matcher lines = LINE.matcher(section.origin().description());
    while (lines.find()) {
      last = Integer.parseInt(lines.group(1));
    }
    return last;
  }

  private static void requireName(Map.Entry<String, ConfigObject> section) {
    ConfigObject content = section.getValue();
    String key = RUNS + "." + section.getKey();
    try {
      FileNames.require(key, section.getKey());
    } catch (InvalidValueException e) {
      throw UserException.invalid(
          "name of a run", section.getKey() + Location.of(content), e.rule());
    }
    refuseChosen(content, key + ".", List.copyOf(CHOSEN.keySet()));
  }

  private static void refuseChosen(ConfigObject given, String prefix, List<String> names) {
    for (String name : names) {
      if (given.containsKey(name)) {
        throw chosen(prefix + name, given.get(name));
      }
    }
  }

  private static UserException chosen(String key, ConfigValue value) {
    return UserException.cannot(
        "use " + key + Location.of(value),
        "a comparison sets it for each of its runs",
        CHOSEN.get(key.substring(key.lastIndexOf('.') + 1)));
  }

  private List<Long> seeds(Path file, Config merged, ConfigObject section, Settings common) {
    List<Long> seeds = keys(file, merged, section).seeds();
    return seeds.isEmpty() ? List.of(common.seed()) : seeds;
  }

  /** What a run's section, or else the whole comparison, says of it. */
  private CompareKeys.Compare keys(Path file, Config merged, ConfigObject section) {
    ConfigValue seeds = section.getOrDefault(SEEDS, merged.getValue(COMPARE + "." + SEEDS));
    Config compare =
        merged
            .getConfig(COMPARE)
            .withoutPath("runs")
            .withoutPath("search.space")
            .withValue(SEEDS, seeds);
    return keys.bind(file, compare.atKey(COMPARE)).compare();
  }

  /** What the section and the overrides say counts for substitutions of the rest, too. */
  private Comparison.Run run(
      Path file, Config given, Config over, String name, long seed, Settings common) {
    String model = common.model().name() + "-" + name + "-seed" + seed;
    Config chosen = given.withValue("seed", chosen(seed)).withValue("model.name", chosen(model));
    try {
      Config own = written(chosen, name).toConfig();
      Config config = settings.hocon().resolved(over.withFallback(own).withFallback(chosen));
      Settings settings = this.settings.bind(file, config);
      requireTrains(settings, config);
      requireTest(settings, config);
      settings.expectedNetwork();
      return new Comparison.Run(name, settings);
    } catch (UserException e) {
      throw new UserException("Cannot compare run " + name + ": " + e.getMessage(), e);
    }
  }

  /**
   * The section of a run without its seeds, as it stands in the file; resolved beforehand if it
   * begins with a substitution, and so cannot be looked into yet.
   */
  private ConfigObject written(Config given, String name) {
    try {
      return section(given.root(), name).withoutKey(SEEDS);
    } catch (ConfigException.NotResolved | ClassCastException e) {
      return section(settings.hocon().resolved(given).root(), name).withoutKey(SEEDS);
    }
  }

  private static ConfigObject section(ConfigObject root, String name) {
    ConfigObject compare = (ConfigObject) root.get(COMPARE);
    return (ConfigObject) ((ConfigObject) compare.get("runs")).get(name);
  }

  private static ConfigValue chosen(Object value) {
    return ConfigValueFactory.fromAnyRef(value, RUNS);
  }

  private static void requireTest(Settings settings, Config config) {
    if (!settings.evaluation().test()) {
      throw UserException.invalid(
          "evaluation.test",
          "false" + Location.of(config.getValue("evaluation.test")),
          "must be true in a comparison, whose tables are of test");
    }
  }

  private static void requireTrains(Settings settings, Config config) {
    if (settings.training().baseline() != TrainingSettings.Baseline.NONE) {
      throw UserException.invalid(
          "training.baseline",
          settings.training().baseline() + Location.of(config.getValue("training.baseline")),
          "must be none in a comparison: a baseline publishes no model");
    }
  }

  private static String command(Path file, List<String> sets) {
    StringBuilder command = new StringBuilder("bin/blockwise compare ").append(file);
    sets.forEach(set -> command.append(" --set ").append(quoted(set)));
    return Redaction.of(command.toString());
  }

  private static String quoted(String word) {
    return word.matches("[\\w./:=,@+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
