package io.blockwise.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.blockwise.testing.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The files of the image where the {@code Dockerfile} puts them, in a container of bubblewrap: user
 * 185 without capabilities, nothing but volumes to be written to. Its base, and Spark's scripts in
 * it, are not here: they come from images that are not.
 */
@Tag("slow")
class ImageTest {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final String SPARK = "/opt/spark";

  @TempDir static Path directory;

  private static Path tree;

  @BeforeAll
  static void layOut() throws Exception {
    assumeTrue(isInstalled(), "bubblewrap is not installed");
    tree = directory.resolve("tree");
    spark(Path.of(tree + SPARK));
    for (String line : Files.readAllLines(Packages.CHECKOUT.resolve("Dockerfile"))) {
      if (line.startsWith("COPY ") && !line.contains("--from=")) {
        copy(line.substring(5).replace("${JAR}", Packages.jobJar("torch").toString()));
      }
    }
  }

  private static boolean isInstalled() throws InterruptedException {
    try {
      return Command.of("bwrap", "--unshare-user", "--ro-bind", "/", "/", "true")
              .run(PATIENCE)
              .code()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Files and not links: what they lead to may lie where a volume is in the container. */
  private static void spark(Path home) throws Exception {
    Path links = Packages.spark(directory.resolve("links")).home();
    Files.createDirectories(home.getParent());
    run("cp", "-rL", links.toString(), home.toString());
    Path submit = home.resolve("bin/spark-submit");
    Files.writeString(submit, Files.readString(submit).replace(links.toString(), SPARK));
  }

  private static void copy(String words) throws Exception {
    List<String> all = Arrays.asList(words.split(" ", -1));
    String last = all.get(all.size() - 1);
    Path target = Path.of(tree + last);
    Files.createDirectories(last.endsWith("/") ? target : target.getParent());
    List<String> copy = new ArrayList<>(List.of("cp", "-r"));
    all.subList(0, all.size() - 1)
        .forEach(word -> copy.add(Packages.CHECKOUT.resolve(word).toString()));
    copy.add(target.toString());
    run(copy.toArray(String[]::new));
  }

  private static void run(String... words) throws Exception {
    Command.Result result = Command.of(words).run(PATIENCE);
    assertThat(result.code()).as(result.err()).isZero();
  }

  @Test
  void nothingInItCanBeWrittenTo() throws Exception {
    Command.Result result =
        inContainer("sh", "-c", "id -u; touch /opt/blockwise/x || touch /etc/x || touch /x")
            .run(PATIENCE);
    assertThat(result.out().strip()).isEqualTo("185");
    assertThat(result.code()).isNotZero();
    assertThat(result.err().lines()).hasSize(3).allMatch(line -> line.contains("Read-only"));
  }

  @Test
  void aSmallNetworkTrainsInIt() throws Exception {
    Path volume = Files.createDirectories(directory.resolve("tmp"));
    Files.writeString(
        volume.resolve("tiny.conf"),
        """
        output = "/tmp/out"
        engine = torch
        vgg-small.width = 4
        data { kind = shapes, shapes { train = 400, test = 100 } }
        training { epochs = 1, batch-size = 32 }
        """);
    Command.Result result =
        inContainer(
                SPARK + "/bin/spark-submit",
                "--master",
                "local[2]",
                "--class",
                "io.blockwise.job.Blockwise",
                "local:///opt/blockwise/blockwise.jar",
                "train",
                "/tmp/tiny.conf")
            .run(PATIENCE);
    assertThat(result.code()).as(result.err() + result.out()).isZero();
    assertThat(result.out()).contains("Computed with torch", "Published /tmp/out/models/tiny");
    assertThat(volume.resolve("out/models/tiny/LATEST")).exists();
  }

  /** As a pod of {@code conf/kubernetes} runs it: a volume for temporary files, and no other. */
  private static Command inContainer(String... words) throws IOException {
    Path volume = Files.createDirectories(directory.resolve("tmp"));
    String blockwise = "/opt/blockwise";
    // as the Dockerfile makes it: without a name, Java knows no home, and Spark does not start
    Path users =
        Files.writeString(
            directory.resolve("passwd"),
            "root:x:0:0:root:/root:/bin/sh\nspark:x:185:185::/opt/spark:/bin/sh\n");
    return Command.of("bwrap", "--unshare-user", "--uid", "185", "--gid", "185")
        .with("--unshare-pid", "--die-with-parent", "--cap-drop", "ALL")
        .with("--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/opt")
        .with("--ro-bind", tree + SPARK, SPARK, "--ro-bind", tree + blockwise, blockwise)
        .with("--ro-bind", users.toString(), "/etc/passwd")
        .with("--remount-ro", "/opt", "--bind", volume.toString(), "/tmp", "--chdir", "/tmp")
        .with(words)
        .with(Map.of("HOME", "/tmp", "SPARK_LOCAL_IP", "127.0.0.1", "SPARK_CONF_DIR", ""))
        .with(Map.of("OMP_NUM_THREADS", "2", "OPENBLAS_NUM_THREADS", "2"))
        .with(Map.of("JAVA_TOOL_OPTIONS", "", "_JAVA_OPTIONS", ""));
  }
}
