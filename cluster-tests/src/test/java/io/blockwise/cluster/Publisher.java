package io.blockwise.cluster;

import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;

/**
 * A process that publishes one version, and may die in it. It waits for a line with the place on
 * standard input when all is ready, so that several can be started ahead of time.
 */
final class Publisher implements AutoCloseable {
  /** Of a process that has published. */
  static final int DONE = 0;

  private static final int SECONDS = 60;

  private final Process process;

  private Publisher(Process process) {
    this.process = process;
  }

  /**
   * Starts one.
   *
   * @param source directory of a model on local files, whose version {@code v1} it publishes anew
   * @param step at which it dies; 0 for never
   * @param log what it says
   */
  static Publisher start(Path source, int step, Map<String, String> hadoop, Path log)
      throws IOException {
    List<String> line = new ArrayList<>();
    line.add(ProcessHandle.current().info().command().orElseThrow());
    line.addAll(List.of("-Xmx128m", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens"))
        .forEach(line::add);
    hadoop.forEach((key, value) -> line.add("-Dhadoop." + key + "=" + value));
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), Publisher.class.getName()));
    line.addAll(List.of(source.toString(), Integer.toString(step)));
    return new Publisher(
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start());
  }

  /** Has it publish below a directory, and waits until it is done or dead; how it has ended. */
  int publish(String models) throws IOException, InterruptedException {
    process
        .getOutputStream()
        .write((models + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still publishes after " + SECONDS + " s");
    }
    return process.exitValue();
  }

  /** Ends it in the middle of whatever it does. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() {
    kill();
  }

  /** The same version under another name, told apart by its provenance. */
  static ModelVersion renamed(ModelVersion version, String id) {
    Map<String, Object> provenance = new LinkedHashMap<>(version.provenance());
    provenance.put("run_id", id);
    return new ModelVersion(
        id,
        version.description(),
        version.vocabularies(),
        version.blocks(),
        version.metrics(),
        provenance);
  }

  /** The child. */
  public static void main(String[] arguments) throws Exception {
    Configuration configuration = new Configuration();
    System.getProperties()
        .forEach(
            (key, value) -> {
              if (key.toString().startsWith("hadoop.fs.")
                  || key.toString().startsWith("hadoop.dfs.")) {
                configuration.set(key.toString().substring(7), value.toString());
              }
            });
    ModelStore source =
        new ModelStore(new Configuration(), new org.apache.hadoop.fs.Path("file:" + arguments[0]));
    ModelVersion version = renamed(source.read("v1"), "v2");
    int step = Integer.parseInt(arguments[1]);
    if (step > 0) {
      HaltingFiles.in(configuration, step);
    }
    String models =
        new java.io.BufferedReader(
                new java.io.InputStreamReader(System.in, java.nio.charset.StandardCharsets.UTF_8))
            .readLine();
    if (models == null) {
      return; // the test was ended before it asked for anything
    }
    ModelStore store = new ModelStore(configuration, new org.apache.hadoop.fs.Path(models));
    store.write(version);
    store.publish(version.id());
    Runtime.getRuntime().halt(DONE);
  }
}
