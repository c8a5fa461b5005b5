package io.blockwise.job.plan;

import io.blockwise.base.UserException;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.device.Threads;
import java.io.File;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a {@link Rehearsal} in a virtual machine of its own. */
final class RehearsalProcess {
  private static final long MEBI = 1 << 20;
  private static final long FIRST_HEAP = 256 * MEBI;
  private static final long LONGEST_MINUTES = 10;

  private RehearsalProcess() {}

  /**
   * Tries the task with so many threads of its numerical library.
   *
   * @throws UserException if it does not fit into this machine's memory
   * @throws RunFailedException if the process fails
   */
  static Rehearsal.Result run(Rehearsal.Task task, int threads)
      throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("blockwise-plan");
    try {
      return run(task, threads, directory);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    } finally {
      for (String name : List.of("task", "result", "log", "")) {
        Files.deleteIfExists(directory.resolve(name));
      }
    }
  }

  private static Rehearsal.Result run(Rehearsal.Task task, int threads, Path directory)
      throws IOException, InterruptedException, ClassNotFoundException {
    try (var out = new ObjectOutputStream(Files.newOutputStream(directory.resolve("task")))) {
      out.writeObject(task);
    }
    long memory = memoryOfThisMachine();
    int code = Rehearsal.NEEDS_HEAP;
    // It has to be in memory from the start, so it should not be larger than need be.
    for (long heap = FIRST_HEAP; heap < memory / 2 && code == Rehearsal.NEEDS_HEAP; heap *= 4) {
      code = exitCode(command(heap, directory), threads, directory.resolve("log"));
    }
    if (code == Rehearsal.NEEDS_HEAP) {
      throw UserException.cannot(
          "plan",
          "this machine's " + memory / MEBI + " MiB are too little to try the network",
          "lower training.batch-size, or plan on a larger machine");
    }
    if (code != 0) {
      String fact = "the trial of the network ended with code " + code + ": " + reason(directory);
      throw failed(fact, "lower training.batch-size, or free memory");
    }
    try (var in = new ObjectInputStream(Files.newInputStream(directory.resolve("result")))) {
      return (Rehearsal.Result) in.readObject();
    }
  }

  private static RunFailedException failed(String fact, String remedy) {
    return new RunFailedException("Cannot plan: " + fact + " (" + remedy + ")");
  }

  /** Bytes; of the container, if this is one. */
  private static long memoryOfThisMachine() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getTotalMemorySize();
  }

  private static int exitCode(List<String> command, int threads, Path log)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(log.toFile()).environment().putAll(Threads.environment(threads));
    Process process = builder.start();
    try {
      if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
        throw failed(
            "a few steps of the network take more than " + LONGEST_MINUTES + " minutes",
            "lower training.batch-size, or plan on a faster machine");
      }
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  private static List<String> command(long heap, Path directory) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xms" + heap, "-Xmx" + heap, "-XX:+AlwaysPreTouch"));
    command.add("-XX:+UseSerialGC");
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens="))
        .forEach(command::add);
    // this process's, and the program's jar, which spark-submit loads by itself
    var own = Rehearsal.class.getProtectionDomain().getCodeSource().getLocation().toString();
    String classPath = System.getProperty("java.class.path");
    command.addAll(List.of("-cp", Path.of(URI.create(own)) + File.pathSeparator + classPath));
    command.addAll(List.of(Rehearsal.class.getName(), directory.resolve("task").toString()));
    command.addAll(List.of(directory.resolve("result").toString(), Long.toString(heap)));
    return command;
  }

  /** The innermost exception's line. */
  private static String reason(Path directory) throws IOException {
    return Files.readString(directory.resolve("log"), StandardCharsets.ISO_8859_1)
        .lines()
        .filter(line -> line.contains("Exception") || line.contains("Error"))
        .filter(line -> !line.startsWith("\tat "))
        .reduce("no message", (before, line) -> line);
  }
}
