package io.blockwise.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.cluster.FaultProxy;
import io.blockwise.cluster.HdfsCluster;
import io.blockwise.cluster.JobSettings;
import io.blockwise.cluster.S3Server;
import io.blockwise.job.cli.Action;
import io.blockwise.job.config.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What real storage refuses, as the user reads it. */
@Timeout(120)
@SuppressWarnings("try") // settings hold while they are open
class RefusedStorageTest {
  @TempDir static Path servers;
  private static S3Server s3;
  private static HdfsCluster hdfs;

  @TempDir Path directory;

  @BeforeAll
  static void start() throws Exception {
    s3 = S3Server.start(servers);
    hdfs = HdfsCluster.start(servers, 1);
  }

  @AfterAll
  static void end() {
    s3.close();
    hdfs.close();
  }

  @Test
  void wrongCredentials() throws Exception {
    Map<String, String> settings = new HashMap<>(s3.settings());
    settings.put("fs.s3a.secret.key", "wrong");
    requireRefused(
        settings,
        S3Server.path("/out"),
        "S3 answers 403 Forbidden",
        "check who you are there and what that one may do");
  }

  @Test
  void noCredentials() throws Exception {
    Map<String, String> settings = new HashMap<>(s3.settings());
    settings.remove("fs.s3a.secret.key");
    settings.put(
        "fs.s3a.aws.credentials.provider", "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider");
    requireRefused(
        settings,
        S3Server.path("/out"),
        "there are no credentials for S3",
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role");
  }

  @Test
  void bucketThatDoesNotExist() throws Exception {
    requireRefused(
        s3.settings(),
        "s3a://no-such-bucket/out",
        "S3 answers 404 NoSuchBucket (The specified bucket does not exist)",
        "create the bucket, or name another");
  }

  @Test
  void serverOfS3ThatIsNotThere() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Map<String, String> settings = new HashMap<>(s3.settings());
    settings.put("fs.s3a.endpoint", "http://127.0.0.1:" + port);
    requireRefused(
        settings,
        S3Server.path("/out"),
        "Connection refused",
        "see whether it runs, and whether this is its address");
  }

  @Test
  void serverOfS3ThatRefusesAllTheTime() throws Exception {
    try (FaultProxy proxy = FaultProxy.before(s3.address())) {
      proxy.behave(exchange -> exchange.refuse("503 Slow Down", "SlowDown"));
      Map<String, String> settings = new HashMap<>(S3Server.settings(proxy.address()));
      settings.put("fs.s3a.attempts.maximum", "1"); // else it takes 50 s
      settings.put("fs.s3a.retry.throttle.limit", "2");
      requireRefused(
          settings,
          S3Server.path("/out"),
          "S3 answers 503 Slow Down",
          "see whether it runs, and whether this is its address");
    }
  }

  @Test
  void nameNodeThatIsNotThere() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    requireRefused(
        Map.of(),
        "hdfs://localhost:" + port + "/out",
        "localhost:" + port + " does not answer: Connection refused",
        "see whether it runs, and whether this is its address");
  }

  /** As a machine that is switched off, or a firewall that drops what comes. */
  @Test
  void nameNodeThatAcceptsAndSaysNothing() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      requireRefused(
          Map.of("ipc.client.rpc-timeout.ms", "2000"), // else it takes 20 s
          "hdfs://localhost:" + silent.getLocalPort() + "/out",
          "localhost:" + silent.getLocalPort() + " does not answer: 2000 millis timeout",
          "see whether it runs, and whether this is its address");
    }
  }

  @Test
  void directoryOfAnotherUser() throws Exception {
    try (FileSystem files =
        FileSystem.newInstance(
            new org.apache.hadoop.fs.Path(hdfs.path("/")).toUri(), hdfs.configuration())) {
      files.mkdirs(new org.apache.hadoop.fs.Path("/theirs/out"));
      files.setPermission(new org.apache.hadoop.fs.Path("/theirs"), new FsPermission("700"));
    }
    UserGroupInformation.createRemoteUser("stranger")
        .doAs(
            (java.security.PrivilegedExceptionAction<Void>)
                () -> {
                  requireRefused(
                      hdfs.settings(),
                      hdfs.path("/theirs/out"),
                      "Permission denied: user=stranger, access=EXECUTE, inode=\"/theirs\"",
                      "check who you are there and what that one may do");
                  return null;
                });
  }

  private void requireRefused(Map<String, String> hadoop, String output, String fact, String remedy)
      throws IOException {
    List<String> called = new ArrayList<>();
    try (JobSettings settings = JobSettings.of(hadoop)) {
      Path conf = Files.writeString(directory.resolve("test.conf"), "");
      Settings refused = Settings.load(conf, List.of("output=" + output));
      assertThatThrownBy(
              () ->
                  UserErrors.configured((action, all) -> called.add("train"))
                      .run(Action.TRAIN, refused))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("Cannot use output = " + output + ": " + fact)
          .hasMessageEndingWith(" (" + remedy + ")")
          .hasMessageNotContaining("\n");
    }
    assertThat(called).isEmpty();
  }
}
