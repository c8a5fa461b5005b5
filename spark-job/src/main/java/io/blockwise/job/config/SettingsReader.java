package io.blockwise.job.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.blockwise.base.FileNames;
import io.blockwise.base.InvalidValueException;
import io.blockwise.base.Names;
import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.job.config.hocon.HoconReader;
import io.blockwise.job.config.hocon.Location;
import io.blockwise.model.spec.assembly.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads settings, with a model's name and loss that follow from others. Immutable. */
public final class SettingsReader {
  /** The section that the command {@code compare} alone reads. */
  public static final String COMPARE = "compare";

  private final HoconReader<Settings> reader;

  /** Substitutions that are no keys are looked up in {@code environment}. */
  public SettingsReader(Map<String, String> environment) {
    reader =
        new HoconReader<>(
            Settings.class,
            environment,
            (file, config) -> withLossType(withModelName(config, file)));
  }

  /**
   * Reads the configuration of one run.
   *
   * @throws UserException if the file cannot be read, a key or value is refused, or it is one of
   *     several runs
   */
  Settings read(Path file, List<String> sets) {
    return reader.guarded(
        file,
        () -> {
          Config merged = reader.merged(file, sets);
          refuseComparison(merged);
          return bind(file, merged);
        });
  }

  /**
   * The same without a file: {@code model.name} is among what is set.
   *
   * @throws UserException if a key or value is refused
   */
  Settings read(List<String> sets) {
    Path none = Path.of("");
    return reader.guarded(none, () -> bind(none, reader.resolved(reader.overrides(sets))));
  }

  /** What a file and overrides give over the defaults; no key is checked yet. */
  public HoconReader<Settings> hocon() {
    return reader;
  }

  /**
   * The settings of a resolved configuration, whatever it compares.
   *
   * @throws UserException if a key or value is refused
   */
  public Settings bind(Path file, Config merged) {
    return reader.bind(file, merged.withoutPath(COMPARE));
  }

  private static void refuseComparison(Config merged) {
    ConfigValue given = merged.getValue(COMPARE);
    if (!given.equals(HoconReader.defaults().getValue(COMPARE))) {
      throw UserException.cannot(
          "use " + COMPARE + Location.of(given),
          "only the command compare takes several runs",
          "run bin/blockwise compare, or give a configuration of one run");
    }
  }

  private static Config withModelName(Config config, Path file) {
    if (!config.getValue("model.name").unwrapped().equals("")) {
      return config;
    }
    String name = file.getFileName().toString().replaceFirst("\\.[^.]*$", "").replace(' ', '-');
    try {
      FileNames.require("model.name", name);
    } catch (InvalidValueException e) {
      throw UserException.cannot(
          "name the model after the file " + Printable.of(file.toString()),
          "a name " + e.rule(),
          "give the model one with --set model.name=NAME",
          e);
    }
    return config.withValue("model.name", ConfigValueFactory.fromAnyRef(name, file.toString()));
  }

  /** With the method's loss where none is named. */
  private static Config withLossType(Config config) {
    ConfigValue loss = config.root().get("loss");
    boolean absent = loss.unwrapped() == null || loss.unwrapped().equals("");
    boolean unnamed = loss instanceof ConfigObject fields && !fields.containsKey("type");
    String method = String.valueOf(config.root().get("method").unwrapped());
    for (Method known : Method.values()) {
      if (Names.of(known).equals(method) && (absent || unnamed)) {
        Config open = absent ? config.withoutPath("loss") : config;
        return open.withValue("loss.type", ConfigValueFactory.fromAnyRef(known.loss(), "method"));
      }
    }
    return config; // an unknown method is refused when it is bound, which is before the loss
  }
}
