package io.blockwise.job.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.blockwise.job.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipes in {@code conf/schedule} call what is there. */
class RecipesTest {
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
  private static final Path RECIPES = HOME.resolve("conf/schedule");

  @TempDir Path directory;

  /** In a tree where the launcher prints its arguments. */
  @Test
  void nightlyTrainingIsUnderstood() throws Exception {
    Path script = directory.resolve("conf/schedule/nightly.sh");
    Path launcher = directory.resolve("bin/blockwise");
    Files.createDirectories(script.getParent());
    Files.createDirectories(launcher.getParent());
    Files.copy(RECIPES.resolve("nightly.sh"), script);
    Files.writeString(launcher, "#!/usr/bin/env bash\nprintf '%s\\n' \"$@\"\n");
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    List<String> words = output("bash", script.toString(), "2026-11-21", "--queue", "night");

    assertThat(words).startsWith("train").endsWith("--queue", "night");
    assertThat(words.get(words.indexOf("--run-id") + 1)).isEqualTo("2026-11-21");
    List<String> sets = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).equals("--set")) {
        sets.add(words.get(i + 1));
      }
    }
    sets.add("data.text.glove=/vectors.txt"); // which lies below a variable
    Settings settings = Settings.load(HOME.resolve("conf/ag-news.conf"), sets);
    assertThat(settings.data().path()).hasValue("hdfs:///raw/news/2026-11-21");
    assertThat(settings.data().appendTo()).hasValue("ag-news");
    assertThat(settings.data().directory()).isEqualTo("ag-news-2026-11-21");
    assertThat(settings.publish().keep()).isEqualTo(7);
  }

  @Test
  void cronStartsTheNightlyTraining() throws IOException {
    assertThat(Files.readString(RECIPES.resolve("crontab")))
        .containsPattern(
            "(?m)^15 2,3 \\* \\* \\* \\S+/conf/schedule/nightly\\.sh --properties-file");
    assertThat(HOME.resolve("conf/yarn/spark-yarn.properties")).exists();
  }

  @Test
  void graphForAirflowIsPython() throws Exception {
    assumeTrue(hasPython(), "python3 is not installed");
    String parse = "import ast, sys; print(len(ast.parse(open(sys.argv[1]).read()).body))";
    String graph = RECIPES.resolve("blockwise_nightly.py").toString();
    assertThat(Integer.parseInt(output("python3", "-c", parse, graph).get(0))).isPositive();
  }

  private static boolean hasPython() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static List<String> output(String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("BLOCKWISE_"));
    Process process = builder.start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
    return lines;
  }
}
