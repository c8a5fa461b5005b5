package io.blockwise.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.base.files.Storage;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The servers that the other tests use. */
class ServersTest {
  @TempDir Path directory;

  @Test
  void hdfsKeepsFilesAndReplacesThem() throws Exception {
    try (HdfsCluster hdfs = HdfsCluster.start(directory, 1)) {
      requireReplaces(new Storage(hdfs.configuration()), hdfs.path("/a/b"));
    }
  }

  @Test
  void s3KeepsFilesAndReplacesThemBehindTheProxyThatResetsAndRefuses() throws Exception {
    try (S3Server server = S3Server.start(directory);
        FaultProxy proxy = FaultProxy.before(server.address())) {
      Storage storage = new Storage(S3Server.configuration(proxy.address()));
      requireReplaces(storage, S3Server.path("/a/b"));
      AtomicInteger faults = new AtomicInteger();
      proxy.behave(
          exchange -> {
            switch (faults.getAndIncrement()) {
              case 0 -> exchange.reset();
              case 1 -> exchange.refuse("503 Slow Down", "SlowDown");
              default -> exchange.pass();
            }
          });
      requireReplaces(storage, S3Server.path("/c/d"));
      assertThat(faults.get()).isGreaterThan(2);
      assertThat(proxy.requests()).isGreaterThan(faults.get());
    }
  }

  private static void requireReplaces(Storage storage, String path) throws Exception {
    org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(path);
    for (String content : new String[] {"first", "the second"}) {
      storage.write(file, content.getBytes(UTF_8));
      assertThat(storage.bytes(file)).asString(UTF_8).isEqualTo(content);
    }
    assertThat(storage.list(file.getParent())).hasSize(1);
  }
}
