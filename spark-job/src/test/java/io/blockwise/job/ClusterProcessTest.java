package io.blockwise.job;

import static io.blockwise.job.ClusterProcess.localCluster;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@Tag("thorough")
class ClusterProcessTest {
  @TempDir Path directory;

  @Test
  void tasksRunInProcessesOfTheirOwn() throws Exception {
    try (ClusterProcess cluster =
        ClusterProcess.start(
            directory, ProcessIds.class, localCluster(2, 1, 512), Map.of(), List.of("8"))) {
      cluster.await(() -> cluster.output().contains("ids"), 60);
      Set<String> executors = new TreeSet<>();
      cluster.executors().forEach(executor -> executors.add(Long.toString(executor.pid())));
      assertThat(executors).hasSize(2);
      assertThat(cluster.output().strip()).isEqualTo("ids " + String.join(" ", executors));
      cluster.executors().forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** Prints in which processes the tasks ran, and stays. */
  static final class ProcessIds {
    public static void main(String[] arguments) throws InterruptedException {
      int tasks = Integer.parseInt(arguments[0]);
      try (SparkSession spark = SparkSession.builder().getOrCreate()) {
        Set<String> ids = new TreeSet<>();
        while (ids.size() < 2) { // the first executor may do all before the second one is there
          ids.addAll(processes(new JavaSparkContext(spark.sparkContext()), tasks));
        }
        System.out.println("ids " + String.join(" ", ids));
        Thread.currentThread().join();
      }
    }

    private static List<String> processes(JavaSparkContext spark, int tasks) {
      List<Integer> numbers = IntStream.range(0, tasks).boxed().toList();
      return spark
          .parallelize(numbers, tasks)
          .map(number -> Long.toString(ProcessHandle.current().pid()))
          .collect();
    }
  }
}
