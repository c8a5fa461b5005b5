package io.blockwise.job.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import io.blockwise.job.config.comparison.CompareKeys;
import io.blockwise.job.config.hocon.HoconReader;
import io.blockwise.job.config.hocon.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of keys in {@code conf/README.md}, which is made from {@code reference.conf}. */
class KeyTableTest {
  private static final Path README = Repository.CONF.resolve("README.md");
  private static final String START = "<!-- keys: made from reference.conf, not edited by hand -->";
  private static final Config REFERENCE = HoconReader.defaults();
  private static final Set<String> KEYS = keys();

  @Test
  void everyKeyIsDeclaredWithAComment() {
    Map<String, ConfigValue> declared = new LinkedHashMap<>();
    collect("", REFERENCE.root(), declared);
    assertThat(declared.keySet()).containsExactlyInAnyOrderElementsOf(KEYS);
    assertThat(declared)
        .allSatisfy((key, value) -> assertThat(comment(value)).as(key).isNotEmpty());
  }

  /** With {@code -Dconf.readme.write=true} it writes the table instead. */
  @Test
  void confReadmeIsUpToDate() throws IOException {
    String text = Files.readString(README);
    assertThat(text).contains(START);
    String expected = text.substring(0, text.indexOf(START)) + START + "\n\n" + table();
    if (Boolean.getBoolean("conf.readme.write")) {
      Files.writeString(README, expected);
    } else {
      assertThat(text).isEqualTo(expected);
    }
  }

  @Test
  void readmeNamesEveryShippedFile() throws IOException {
    String text = Files.readString(README);
    for (Path conf : Repository.shippedConfs()) {
      assertThat(text).contains("`" + conf.getFileName() + "`");
    }
  }

  private static Set<String> keys() {
    Set<String> keys = new TreeSet<>(new Schema(Settings.class).values().keySet());
    new Schema(CompareKeys.class).values().keySet().forEach(keys::add); // which Comparison reads
    return keys;
  }

  private static String table() {
    StringBuilder table = new StringBuilder("| key | default | meaning |\n| --- | --- | --- |\n");
    for (String key : inOrder()) {
      ConfigValue value = REFERENCE.getValue(key);
      if (key.equals(WorkersSettings.COUNT)) {
        table.append("| `").append(WorkersSettings.KEY).append("` | `").append(text(value));
        table.append("` | ").append(comment(REFERENCE.getValue(WorkersSettings.KEY)));
        table.append(" |\n");
      }
      table.append("| `").append(key).append("` | `").append(text(value)).append("` | ");
      table.append(comment(value)).append(" |\n");
    }
    return table.toString();
  }

  /** As they are declared in {@code reference.conf}. */
  private static List<String> inOrder() {
    return KEYS.stream()
        .sorted(Comparator.comparingInt(key -> REFERENCE.getValue(key).origin().lineNumber()))
        .toList();
  }

  private static String text(ConfigValue value) {
    if (value instanceof ConfigList) {
      return value.render(ConfigRenderOptions.concise()).replace(",", ", ");
    }
    return value.unwrapped().equals("") ? "\"\"" : value.unwrapped().toString();
  }

  private static String comment(ConfigValue value) {
    List<String> lines = value.origin().comments();
    return lines.stream().map(String::strip).collect(Collectors.joining(" ")).replace("|", "\\|");
  }

  private static void collect(String prefix, ConfigObject section, Map<String, ConfigValue> into) {
    section.forEach(
        (key, value) -> {
          if (value instanceof ConfigObject nested) {
            collect(prefix + key + ".", nested, into);
          } else {
            into.put(prefix + key, value);
          }
        });
  }
}
