package io.blockwise.job;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A program as a driver process, with executors that are processes of their own: {@code
 * local-cluster} from a SPARK_HOME below the directory of the test, where {@link #errors} finds the
 * executors' logs as well.
 *
 * <p>Executors have the class path of the test. Closing ends all of it. Used by one thread.
 */
public final class ClusterProcess implements AutoCloseable {
  private static final Path SPARK_JARS =
      Path.of(System.getProperty("basedir", ""), "target", "spark-home", "jars").toAbsolutePath();

  private final Path directory;
  private final Process driver;

  private ClusterProcess(Path directory, Process driver) {
    this.directory = directory;
    this.driver = driver;
  }

  /**
   * Starts a main class.
   *
   * @param directory for the output, the executors' logs and the program's own use
   * @param master such as {@link #localCluster}
   * @param properties system properties of the driver: Spark's settings
   */
  public static ClusterProcess start(
      Path directory,
      Class<?> main,
      String master,
      Map<String, String> properties,
      List<String> arguments)
      throws IOException {
    Path sparkHome = Files.createDirectories(directory.resolve("spark-home"));
    if (!Files.isDirectory(SPARK_JARS)) {
      throw new IllegalStateException("no Spark in " + SPARK_JARS + ": run the tests with Maven");
    }
    if (!Files.exists(sparkHome.resolve("jars"))) {
      Files.createSymbolicLink(sparkHome.resolve("jars"), SPARK_JARS);
    }
    ProcessBuilder builder = new ProcessBuilder(line(main, master, properties, arguments));
    Map<String, String> environment = builder.environment();
    environment.put("SPARK_HOME", sparkHome.toString());
    environment.put("SPARK_SCALA_VERSION", "2.12");
    environment.put("SPARK_LOCAL_IP", "127.0.0.1");
    environment.put("OMP_NUM_THREADS", "1");
    environment.put("OPENBLAS_NUM_THREADS", "1");
    builder.redirectOutput(directory.resolve("output.txt").toFile());
    builder.redirectError(directory.resolve("errors.txt").toFile());
    return new ClusterProcess(directory, builder.start());
  }

  /** A master with so many executors of so many cores and megabytes of heap. */
  public static String localCluster(int executors, int cores, int megabytes) {
    return String.format("local-cluster[%d,%d,%d]", executors, cores, megabytes);
  }

  private static List<String> line(
      Class<?> main, String master, Map<String, String> properties, List<String> arguments) {
    String classPath = System.getProperty("java.class.path");
    List<String> line = new ArrayList<>();
    line.add(ProcessHandle.current().info().command().orElseThrow());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens") || argument.startsWith("-Djdk."))
        .forEach(line::add);
    line.add("-Xmx1g");
    line.add("-Dspark.master=" + master);
    line.add("-Dspark.app.name=" + main.getSimpleName());
    line.add("-Dspark.ui.enabled=false");
    line.add("-Dspark.executor.extraClassPath=" + classPath);
    if (master.startsWith("local-cluster")) {
      String megabytes = master.substring(master.lastIndexOf(',') + 1, master.length() - 1);
      line.add("-Dspark.executor.memory=" + megabytes.strip() + "m");
    }
    properties.forEach((key, value) -> line.add("-D" + key + "=" + value));
    line.addAll(List.of("-cp", classPath, main.getName()));
    line.addAll(arguments);
    return line;
  }

  /** The driver, to be signalled. */
  public ProcessHandle driver() {
    return driver.toHandle();
  }

  /** The executors that run now, to be killed, stopped and woken. */
  public List<ProcessHandle> executors() {
    return driver
        .children()
        .filter(child -> child.info().command().orElse("").endsWith(File.separator + "java"))
        .toList();
  }

  /** Waits for the end of the driver, at most so long. */
  public int exitCode(long seconds) throws InterruptedException {
    if (!driver.waitFor(seconds, TimeUnit.SECONDS)) {
      throw new AssertionError("still runs after " + seconds + " s: " + errors());
    }
    return driver.exitValue();
  }

  /** Waits for what another process does, as long as the driver lives and at most so long. */
  public void await(BooleanSupplier condition, long seconds) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!condition.getAsBoolean()) {
      if (driver.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        throw new AssertionError("did not get so far: " + errors());
      }
    }
  }

  /** What the driver has printed. */
  public String output() {
    return text(directory.resolve("output.txt"));
  }

  /** What the driver has printed as errors, and behind it what each executor has. */
  public String errors() {
    StringBuilder errors = new StringBuilder(text(directory.resolve("errors.txt")));
    Path work = directory.resolve("spark-home").resolve("work");
    if (Files.isDirectory(work)) {
      try (Stream<Path> files = Files.walk(work)) {
        files
            .filter(file -> file.endsWith("stderr"))
            .sorted()
            .forEach(file -> errors.append("\n--- ").append(file).append('\n').append(text(file)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return errors.toString();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    // those of a driver that is gone have lost their parent, and end by themselves
    List<ProcessHandle> all = new ArrayList<>(driver.descendants().toList());
    all.add(driver.toHandle());
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(process -> process.onExit().join());
  }
}
