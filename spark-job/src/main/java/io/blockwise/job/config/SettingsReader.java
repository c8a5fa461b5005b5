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
import io.blockwise.model.spec.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads settings, with a model's name and loss that follow from others. Immutable. */
final class SettingsReader {
  private final HoconReader<Settings> reader;

  /** Substitutions that are no keys are looked up in {@code environment}. */
  SettingsReader(Map<String, String> environment) {
    reader =
        new HoconReader<>(
            Settings.class,
            environment,
            (file, config) -> withLossType(withModelName(config, file)));
  }

  Settings read(Path file, List<String> sets) {
    return reader.read(file, sets);
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
