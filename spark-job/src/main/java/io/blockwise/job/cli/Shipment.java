package io.blockwise.job.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import io.blockwise.base.UserException;
import io.blockwise.job.config.SettingsReader;
import io.blockwise.job.config.Variables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What goes along to a driver on another machine: the configuration in one file, with what it
 * includes and with every {@code --set}, and the environment variables that it names in another.
 * Both are in a directory that only this user may read, as is Spark's staging directory. Immutable.
 *
 * @param directory of the files; whoever submits removes it
 * @param files to be handed to spark-submit
 * @param arguments for Blockwise there
 * @param variables name of the file of variables; empty if the configuration names none
 */
record Shipment(Path directory, List<Path> files, List<String> arguments, String variables) {
  private static final Pattern NAME = Pattern.compile("\\$\\{\\??([A-Za-z_][A-Za-z0-9_]*)}");
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
  private static final String CONFIGURATION = "shipped.conf";
  private static final String VARIABLES = "blockwise-variables.properties";

  /**
   * Writes the files.
   *
   * @param words of a command line: command, options and a file that has been read
   * @param parent of the directory of the files
   * @throws UserException if they cannot be written
   */
  static Shipment of(List<String> words, Map<String, String> environment, Path parent) {
    Words told = Words.of(words);
    try {
      Path directory = Files.createTempDirectory(parent, "blockwise-shipment");
      List<Path> files = new ArrayList<>();
      List<String> arguments = new ArrayList<>(told.rest());
      Map<String, String> named = Map.of();
      if (told.configuration().isPresent()) {
        Path source = told.configuration().get();
        String text = text(source, told.sets(), environment);
        files.add(Files.writeString(directory.resolve(name(source)), text));
        arguments.add(1, name(source));
        named = named(text, environment);
      }
      if (!named.isEmpty()) {
        files.add(directory.resolve(VARIABLES));
        Variables.write(named, directory.resolve(VARIABLES));
      }
      return new Shipment(directory, files, arguments, named.isEmpty() ? "" : VARIABLES);
    } catch (IOException e) {
      throw UserException.cannot(
          "write the configuration for the driver",
          String.valueOf(e.getMessage()),
          "make room in the directory for temporary files",
          e);
    }
  }

  /** As it was written, with substitutions open: what comes from a variable stays known as such. */
  private static String text(Path file, List<String> sets, Map<String, String> environment) {
    Config given = new SettingsReader(environment).hocon().given(file, sets);
    return given
        .root()
        .render(
            ConfigRenderOptions.defaults()
                .setOriginComments(false)
                .setComments(false)
                .setJson(false));
  }

  private static Map<String, String> named(String text, Map<String, String> environment) {
    Map<String, String> named = new TreeMap<>();
    for (Matcher found = NAME.matcher(text); found.find(); ) {
      Optional.ofNullable(environment.get(found.group(1)))
          .ifPresent(value -> named.put(found.group(1), value));
    }
    return named;
  }

  /** The model is named after the file; spark-submit reads some characters in names its own way. */
  private static String name(Path file) {
    String name = file.getFileName().toString().replace(' ', '-');
    return PLAIN.matcher(name).matches() ? name : CONFIGURATION;
  }

  /** A command line taken apart; {@code rest} is the command and what is neither of the others. */
  private record Words(List<String> rest, Optional<Path> configuration, List<String> sets) {
    private static final List<String> WITH_CONFIGURATION =
        List.of("prepare", "train", "evaluate", "features", "grow", "compare");
    private static final List<String> SWITCHES = List.of("--help", "--version", "-h", "-V");

    static Words of(List<String> words) {
      List<String> rest = new ArrayList<>();
      List<String> sets = new ArrayList<>();
      Optional<Path> configuration = Optional.empty();
      boolean wanted = WITH_CONFIGURATION.contains(words.get(0));
      for (int i = 0; i < words.size(); i++) {
        String word = words.get(i);
        boolean takesNext = word.startsWith("-") && !word.contains("=") && !SWITCHES.contains(word);
        if (wanted && word.equals("--set")) {
          sets.add(words.get(++i));
        } else if (wanted && word.startsWith("--set=")) {
          sets.add(word.substring("--set=".length()));
        } else if (takesNext && i + 1 < words.size()) {
          rest.addAll(List.of(word, words.get(++i)));
        } else if (wanted && i > 0 && configuration.isEmpty() && !word.startsWith("-")) {
          configuration = Optional.of(Path.of(word));
        } else {
          rest.add(word);
        }
      }
      return new Words(rest, configuration, sets);
    }
  }
}
