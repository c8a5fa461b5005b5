package io.blockwise.job.plan;

import io.blockwise.base.UserException;
import io.blockwise.job.RunFailedException;
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
import java.util.Map;
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
    } finally {
      for (String name : List.of("task", "result", "log")) {
        Files.deleteIfExists(directory.resolve(name));
      }
      Files.delete(directory);
    }
  }

  private static Rehearsal.Result run(Rehearsal.Task task, int threads, Path directory)
      throws IOException, InterruptedException {
    try (ObjectOutputStream out =
        new ObjectOutputStream(Files.newOutputStream(directory.resolve("task")))) {
      out.writeObject(task);
    }
    // It has to be in memory from the start, so it should not be larger than need be.
    for (long heap = FIRST_HEAP; heap < Machine.memory() / 2; heap *= 4) {
      Files.deleteIfExists(directory.resolve("result"));
      int code = exitCode(command(heap, directory), threads, directory.resolve("log"));
      if (code == 0) {
        return result(directory.resolve("result"));
      }
      if (code != Rehearsal.NEEDS_HEAP) {
        throw new RunFailedException(
            "Cannot plan: the trial of the network ended with code "
                + code
                + ": "
                + reason(directory.resolve("log"))
                + " (lower training.batch-size, or free memory)");
      }
    }
    throw new UserException(
        "Cannot plan: this machine's "
            + Machine.memory() / MEBI
            + " MiB are too little to try the network (lower training.batch-size, or plan on a"
            + " larger machine)");
  }

  private static int exitCode(List<String> command, int threads, Path log)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    String number = Integer.toString(threads);
    Map<String, String> environment = builder.environment();
    environment.put("OMP_NUM_THREADS", number);
    environment.put("OPENBLAS_NUM_THREADS", number);
    environment.put("OMP_WAIT_POLICY", "passive");
    environment.put("OPENBLAS_THREAD_TIMEOUT", "4");
    Process process = builder.start();
    try {
      if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
        throw new RunFailedException(
            "Cannot plan: a few steps of the network take more than "
                + LONGEST_MINUTES
                + " minutes (lower training.batch-size, or plan on a faster machine)");
      }
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  private static List<String> command(long heap, Path directory) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    String size = heap / MEBI + "m";
    command.addAll(List.of("-Xms" + size, "-Xmx" + size, "-XX:+AlwaysPreTouch"));
    command.add("-XX:+UseSerialGC");
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens="))
        .forEach(command::add);
    command.addAll(List.of("-cp", classPath(), Rehearsal.class.getName()));
    command.add(directory.resolve("task").toString());
    command.add(directory.resolve("result").toString());
    command.add(Long.toString(heap));
    return command;
  }

  /** This process's, and the program's jar, which spark-submit loads by itself. */
  private static String classPath() {
    URI own =
        URI.create(Rehearsal.class.getProtectionDomain().getCodeSource().getLocation().toString());
    return Path.of(own) + File.pathSeparator + System.getProperty("java.class.path");
  }

  private static Rehearsal.Result result(Path file) throws IOException {
    try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(file))) {
      return (Rehearsal.Result) in.readObject();
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The innermost exception's line. */
  private static String reason(Path log) throws IOException {
    String text = Files.readString(log, StandardCharsets.ISO_8859_1);
    return text.lines()
        .filter(line -> line.contains("Exception") || line.contains("Error"))
        .filter(line -> !line.startsWith("\tat "))
        .reduce("no message", (before, line) -> line);
  }
}
