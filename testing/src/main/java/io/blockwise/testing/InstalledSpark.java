package io.blockwise.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A folder that looks like an installed Spark, {@code SPARK_HOME}, with the jars that Maven has
 * fetched and a {@code spark-submit} that starts the same launcher as the real one. Immutable.
 *
 * @param home the folder
 */
public record InstalledSpark(Path home) {
  private static final String SUBMIT =
      """
      #!/usr/bin/env bash
      export SPARK_HOME='%s' SPARK_SCALA_VERSION=2.12
      words=()
      while IFS= read -r -d '' word; do
        words+=("$word")
      done < <('%s/bin/java' -cp "$SPARK_HOME/jars/*" org.apache.spark.launcher.Main \\
        org.apache.spark.deploy.SparkSubmit "$@")
      ((${#words[@]} > 1)) || exit 1
      exec "${words[1]#$'\\n'}" "${words[@]:2}"
      """;

  /**
   * Puts one together out of links.
   *
   * @param home a folder that does not exist
   * @param jars files; of two of a name the first counts
   */
  public static InstalledSpark of(Path home, List<Path> jars) throws IOException {
    Path folder = Files.createDirectories(home.resolve("jars"));
    for (Path jar : jars) {
      Path link = folder.resolve(jar.getFileName());
      if (Files.notExists(link)) {
        Files.createSymbolicLink(link, jar.toAbsolutePath());
      }
    }
    Path submit = Files.createDirectories(home.resolve("bin")).resolve("spark-submit");
    Files.writeString(submit, SUBMIT.formatted(home, System.getProperty("java.home")));
    if (!submit.toFile().setExecutable(true)) {
      throw new IOException("Cannot make " + submit + " executable");
    }
    return new InstalledSpark(home);
  }
}
