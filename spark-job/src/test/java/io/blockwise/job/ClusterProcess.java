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
  /** That of this module, unless the tests are another's. */
  private static final Path SPARK_JARS =
      Path.of(
              System.getProperty(
                  "blockwise.spark-home",
                  System.getProperty("basedir", ".") + "/target/spark-home"),
              "jars")
          .toAbsolutePath();

  /** As bin/blockwise has it. */
  private static final Path LOGGING =
      Path.of(System.getProperty("basedir", ""), "..", "conf", "log4j2.properties")
          .toAbsolutePath()
          .normalize();

  private static final int MOST_CHARACTERS = 20_000;

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
    return start(directory, main, master, properties, Map.of(), arguments);
  }

  /**
   * The same with further environment variables of the driver.
   *
   * @param variables by name
   */
  public static ClusterProcess start(
      Path directory,
      Class<?> main,
      String master,
      Map<String, String> properties,
      Map<String, String> variables,
      List<String> arguments)
      throws IOException {
    return start(directory, line(main, master, properties, arguments), variables);
  }

  /**
   * The same with a local directory of Spark's that is as small as that: a file system in memory,
   * which the driver and its executors alone see. Linux lets root do that, and on some systems
   * everybody.
   *
   * @param local the directory, which exists
   */
  public static ClusterProcess startOnDisk(
      Path local,
      int kilobytes,
      Path directory,
      Class<?> main,
      String master,
      List<String> arguments)
      throws IOException {
    String mount = "mount -t tmpfs -o size=" + kilobytes + "k tmpfs " + local + " && exec \"$@\"";
    List<String> line = new ArrayList<>(List.of("unshare", "-rm", "sh", "-c", mount, "sh"));
    Map<String, String> properties = Map.of("spark.local.dir", local.toString());
    line.addAll(line(main, master, properties, arguments));
    return start(directory, line, Map.of());
  }

  private static ClusterProcess start(
      Path directory, List<String> line, Map<String, String> variables) throws IOException {
    ProcessBuilder builder = inSparkHome(directory, line);
    builder.environment().putAll(variables);
    builder.redirectOutput(directory.resolve("output.txt").toFile());
    builder.redirectError(directory.resolve("errors.txt").toFile());
    return new ClusterProcess(directory, builder.start());
  }

  /**
   * A program of Spark itself, to be started in a SPARK_HOME below a directory.
   *
   * @param main name of its class
   */
  public static ProcessBuilder spark(Path directory, String main, List<String> arguments)
      throws IOException {
    List<String> line = new ArrayList<>(java());
    line.addAll(List.of("-Xmx256m", "-cp", SPARK_JARS + "/*", main));
    line.addAll(arguments);
    return inSparkHome(directory, line);
  }

  private static ProcessBuilder inSparkHome(Path directory, List<String> line) throws IOException {
    Path sparkHome = Files.createDirectories(directory.resolve("spark-home"));
    if (!Files.isDirectory(SPARK_JARS)) {
      throw new IllegalStateException("no Spark in " + SPARK_JARS + ": run the tests with Maven");
    }
    if (!Files.exists(sparkHome.resolve("jars"))) {
      Files.createSymbolicLink(sparkHome.resolve("jars"), SPARK_JARS);
    }
    ProcessBuilder builder = new ProcessBuilder(line);
    Map<String, String> environment = builder.environment();
    environment.put("SPARK_HOME", sparkHome.toString());
    environment.put("SPARK_SCALA_VERSION", "2.12");
    environment.put("SPARK_LOCAL_IP", "127.0.0.1");
    environment.put("OMP_NUM_THREADS", "1");
    environment.put("OPENBLAS_NUM_THREADS", "1");
    environment.put("LOG4J_CONFIGURATION_FILE", LOGGING.toString());
    return builder;
  }

  /** A master with so many executors of so many cores and megabytes of heap. */
  public static String localCluster(int executors, int cores, int megabytes) {
    return String.format("local-cluster[%d,%d,%d]", executors, cores, megabytes);
  }

  private static List<String> java() {
    List<String> line = new ArrayList<>();
    line.add(ProcessHandle.current().info().command().orElseThrow());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens") || argument.startsWith("-Djdk."))
        .forEach(line::add);
    return line;
  }

  private static List<String> line(
      Class<?> main, String master, Map<String, String> properties, List<String> arguments) {
    String classPath = System.getProperty("java.class.path");
    List<String> line = new ArrayList<>(java());
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

  /** Sends a signal, such as STOP. */
  public static void signal(ProcessHandle process, String signal)
      throws IOException, InterruptedException {
    List<String> kill = List.of("sh", "-c", "kill -" + signal + " " + process.pid());
    // whoever has ended meanwhile cannot be signalled, which its test will find out by itself
    var unused = new ProcessBuilder(kill).redirectErrorStream(true).start().waitFor();
  }

  /** Background jobs of a shell without job control ignore SIGINT, and hand that on. */
  public static boolean ignoresInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    try (Stream<String> lines = Files.lines(status)) {
      String mask =
          lines.filter(line -> line.startsWith("SigIgn:")).findFirst().orElse("SigIgn: 0");
      return (Long.parseUnsignedLong(mask.substring(7).strip(), 16) & 2) != 0;
    }
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

  /** What the driver has printed as errors. */
  public String driverErrors() {
    return text(directory.resolve("errors.txt"));
  }

  /** The end of what the driver has printed as errors, and behind it what each executor has. */
  public String errors() {
    StringBuilder errors = new StringBuilder(end(driverErrors()));
    Path work = directory.resolve("spark-home").resolve("work");
    if (Files.isDirectory(work)) {
      try (Stream<Path> files = Files.walk(work)) {
        files
            .filter(file -> file.endsWith("stderr"))
            .sorted()
            .forEach(
                file -> errors.append("\n--- ").append(file).append('\n').append(end(text(file))));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return errors.toString();
  }

  private static String end(String text) {
    return text.substring(Math.max(0, text.length() - MOST_CHARACTERS));
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
