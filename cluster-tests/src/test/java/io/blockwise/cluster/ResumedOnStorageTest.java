package io.blockwise.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.base.files.Storage;
import io.blockwise.job.Blockwise;
import io.blockwise.job.ClusterProcess;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.artifact.ModelStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Drivers that get SIGKILL while their run is on real storage, and others that go on for them. */
@Tag("slow")
@Timeout(600)
class ResumedOnStorageTest {
  private static final int SECONDS = 240;

  @TempDir Path directory;

  @Test
  void onHdfs() throws Exception {
    try (HdfsCluster hdfs = HdfsCluster.start(directory, 1)) {
      requireResumed(hdfs.path("/out"), hdfs.settings());
    }
  }

  @Test
  void onS3() throws Exception {
    try (S3Server s3 = S3Server.start(directory)) {
      requireResumed(S3Server.path("/out"), s3.settings());
    }
  }

  private void requireResumed(String output, Map<String, String> hadoop) throws Exception {
    Configuration configuration = new Configuration();
    hadoop.forEach(configuration::set);
    Storage storage = new Storage(configuration);
    var second = new org.apache.hadoop.fs.Path(output, "runs/run/checkpoints/000002/manifest.json");
    try (ClusterProcess run = start(output, hadoop)) {
      run.await(
          () -> {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200)); // others use the server, too
            return exists(storage, second);
          },
          SECONDS);
      assertThat(run.driver().destroyForcibly()).isTrue();
      var unused = run.driver().onExit().get();
    }
    try (ClusterProcess again = start(output, hadoop)) {
      assertThat(again.exitCode(SECONDS)).as(again.errors()).isZero();
      assertThat(again.output()).contains("Run run goes on from checkpoint ");
    }
    ModelStore store =
        new ModelStore(configuration, new org.apache.hadoop.fs.Path(output, "models/small"));
    assertThat(store.readLatest().metrics().epochs()).isEqualTo(12);
    assertThat(events(storage, output)).contains("\"event\":\"resumed\"", "\"epoch\":12,");
    assertThat(exists(storage, second.getParent().getParent())).isFalse();
  }

  private ClusterProcess start(String output, Map<String, String> hadoop) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("train"));
    arguments.addAll(
        SmallRuns.arguments(
            directory, "output=" + output, "training.epochs=12", "checkpoint.interval=1ms"));
    return ClusterProcess.start(
        directory, Blockwise.class, "local[1]", JobSettings.properties(hadoop), arguments);
  }

  private static boolean exists(Storage storage, org.apache.hadoop.fs.Path path) {
    try {
      return storage.exists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String events(Storage storage, String output) throws IOException {
    var file = new org.apache.hadoop.fs.Path(output, "runs/run/events.jsonl");
    return new String(storage.bytes(file), StandardCharsets.UTF_8);
  }
}
