package io.blockwise.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Raw files, data set, run, model and answers on real storage are those on local files. */
@Tag("slow")
@Timeout(180)
@SuppressWarnings("try") // settings hold while they are open
class StorageTest {
  @TempDir static Path local;
  private static WholeFlow expected;

  @TempDir Path directory;

  @BeforeAll
  static void runOnLocalFiles() throws Exception {
    try (JobSettings settings = JobSettings.of(Map.of())) {
      expected = WholeFlow.of(local, "file:" + local.resolve("out"));
    }
    assertThat(expected.datasets()).hasSizeGreaterThan(10);
    assertThat(expected.blocks()).hasSize(3);
    assertThat(expected.answers()).hasSize(100);
  }

  @Test
  void onHdfs() throws Exception {
    try (HdfsCluster hdfs = HdfsCluster.start(directory, 1);
        JobSettings settings = JobSettings.of(hdfs.settings())) {
      requireSame(hdfs.path("/out"));
    }
  }

  @Test
  void onS3() throws Exception {
    try (S3Server s3 = S3Server.start(directory);
        JobSettings settings = JobSettings.of(s3.settings())) {
      requireSame(S3Server.path("/out"));
    }
  }

  private void requireSame(String output) throws Exception {
    assertThat(WholeFlow.of(directory, output)).isEqualTo(expected);
    assertThat(WholeFlow.events(output)).containsSubsequence("started", "epoch", "finished");
    assertThat(Files.exists(directory.resolve("out"))).isFalse();
  }
}
