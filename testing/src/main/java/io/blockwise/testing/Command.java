package io.blockwise.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A program to run to its end. Immutable.
 *
 * @param words the program and its arguments
 * @param environment added to this process's; a variable with an empty value is taken out
 * @param directory it works in
 */
public record Command(List<String> words, Map<String, String> environment, Path directory) {
  /** Copies what it is given. */
  public Command {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
  }

  /** Without changes of the environment, in this process's directory. */
  public static Command of(String... words) {
    return new Command(List.of(words), Map.of(), Path.of("").toAbsolutePath());
  }

  /** The same in another directory. */
  public Command in(Path other) {
    return new Command(words, environment, other);
  }

  /** The same with further arguments. */
  public Command with(String... more) {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of(more));
    return new Command(all, environment, directory);
  }

  /** The same with a variable; empty takes it out. */
  public Command with(Map<String, String> more) {
    Map<String, String> all = new TreeMap<>(environment);
    all.putAll(more);
    return new Command(words, all, directory);
  }

  /**
   * Runs it; what takes longer is ended.
   *
   * @throws IllegalStateException if it takes longer than {@code atMost}, with what it has said
   */
  public Result run(Duration atMost) throws IOException, InterruptedException {
    Path out = Files.createTempFile("out", ".txt");
    Path err = Files.createTempFile("err", ".txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(words)
              .directory(directory.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      environment.forEach(builder.environment()::put);
      builder.environment().values().removeIf(String::isEmpty);
      Process process = builder.start();
      process.getOutputStream().close();
      boolean ended = process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        throw new IllegalStateException(
            words + " took longer than " + atMost + ": " + text(out) + text(err));
      }
      return new Result(process.exitValue(), text(out), text(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  /** How it ended, and what it wrote to standard output and standard error. */
  public record Result(int code, String out, String err) {}
}
