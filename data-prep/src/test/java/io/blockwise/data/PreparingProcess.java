package io.blockwise.data;

import io.blockwise.data.options.DataKind;
import io.blockwise.data.progress.Progress;
import io.blockwise.data.progress.Step;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.spark.sql.SparkSession;

/** Another process that prepares CIFAR-10: {@code RAW DIRECTORY [stop]}. */
final class PreparingProcess {
  private PreparingProcess() {}

  /** With {@code stop} it goes no further than to say what it is about to prepare. */
  public static void main(String[] arguments) {
    SparkSession spark = LocalSpark.start(1);
    PrepareOptions options =
        Preparing.options(DataKind.CIFAR_10, Path.of(arguments[0]), Path.of(arguments[1]));
    try {
      Preparation.prepare(spark, options, new Printing(arguments.length > 2));
      System.out.println("Done");
    } finally {
      spark.stop();
    }
  }

  /** Starts one, with its output in a file. */
  static Process start(Path output, Path raw, Path directory, String... stop) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens"))
        .forEach(command::add);
    command.addAll(List.of("-Xmx512m", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(PreparingProcess.class.getName(), raw.toString()));
    command.add(directory.toString());
    command.addAll(List.of(stop));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(new File(output.toString()))
        .start();
  }

  /** Prints what begins. */
  private record Printing(boolean stops) implements Progress {
    @Override
    public void began(String what) {
      System.out.println(what);
      if (stops && what.startsWith("Preparing ")) {
        awaitTheEnd();
      }
    }

    @Override
    public void advanced(Step step, long done) {
      System.out.println(step.what());
    }

    private static void awaitTheEnd() {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
