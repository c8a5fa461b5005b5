package io.blockwise.cluster;

import static io.blockwise.job.ClusterProcess.localCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.Blockwise;
import io.blockwise.job.ClusterProcess;
import io.blockwise.job.training.SmallRuns;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What executors prepare and train on real storage is what one process does on local files. */
@Tag("slow")
@Timeout(240)
@SuppressWarnings("try") // settings hold while they are open
class ExecutorsStorageTest {
  private static final int SECONDS = 200;

  @TempDir static Path local;
  private static WholeFlow expected;

  @TempDir Path directory;

  @BeforeAll
  static void runOnLocalFiles() throws Exception {
    try (JobSettings settings = JobSettings.of(Map.of())) {
      expected = WholeFlow.of(local, "file:" + local.resolve("out")).withoutAnswers();
    }
  }

  @Test
  void onHdfs() throws Exception {
    try (HdfsCluster hdfs = HdfsCluster.start(directory, 1)) {
      requireSame(hdfs.path("/out"), hdfs.settings());
    }
  }

  @Test
  void onS3() throws Exception {
    try (S3Server s3 = S3Server.start(directory)) {
      requireSame(S3Server.path("/out"), s3.settings());
    }
  }

  private void requireSame(String output, Map<String, String> hadoop) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("train"));
    arguments.addAll(
        SmallRuns.arguments(directory, "output=" + output, "workers=1", "training.epochs=1"));
    try (ClusterProcess run =
            ClusterProcess.start(
                directory,
                Blockwise.class,
                localCluster(2, 1, 1024),
                JobSettings.properties(hadoop),
                arguments);
        JobSettings settings = JobSettings.of(hadoop)) {
      assertThat(run.exitCode(SECONDS)).as(run.errors()).isZero();
      assertThat(WholeFlow.found(output, List.of())).isEqualTo(expected);
      assertThat(WholeFlow.events(output)).contains("started", "epoch").endsWith("finished");
    }
  }
}
