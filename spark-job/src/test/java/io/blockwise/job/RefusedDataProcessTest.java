package io.blockwise.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.blockwise.job.training.SmallRuns;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Data and disks of which a Spark task finds that they cannot be used, with the logging of {@code
 * bin/blockwise}: the last line says it, and no other does.
 */
@Tag("thorough")
class RefusedDataProcessTest {
  private static final int SECONDS = 120;
  private static final Path LOGGING = Path.of("..", "conf", "log4j2.properties");

  @TempDir Path directory;
  private final List<String> options = new ArrayList<>();
  private Process process;

  @AfterEach
  void endProcess() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  @Test
  void brokenImage() throws Exception {
    for (int image = 0; image < 49; image++) {
      Path file =
          directory.resolve("raw").resolve((image % 2 == 0 ? "cat/" : "dog/") + image + ".png");
      Files.createDirectories(file.getParent());
      ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
    }
    Files.writeString(directory.resolve("raw/dog/bad.jpg"), "no image");
    Files.writeString(directory.resolve("raw/cat/notes.txt"), "of the photographer");
    run("prepare", "data.kind=image-folder", "data.path=" + directory.resolve("raw"));
    assertRefused(
        2,
        "Cannot use 1 of 50 images in "
            + directory.resolve("raw")
            + ": dog/bad.jpg is neither JPEG nor PNG (repair them, move them out of the folder, or"
            + " leave out up to that share: data.skip-bad = 0.02)");
    assertThat(errors()).contains("Passed over: 1 of type .txt");
    assertNoDataSet("image-folder");
  }

  @Test
  void labelOutOfRange() throws Exception {
    Path raw = Files.createDirectories(directory.resolve("raw"));
    for (String name : List.of("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4")) {
      Files.write(raw.resolve(name + ".bin"), new byte[3073 * 10]);
    }
    byte[] records = new byte[3073 * 10];
    records[3073 * 7] = 10;
    Files.write(raw.resolve("data_batch_5.bin"), records);
    Files.write(raw.resolve("test_batch.bin"), new byte[3073]);
    Files.writeString(raw.resolve("batches.meta.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
    run("prepare", "data.kind=cifar-10", "data.path=" + raw);
    assertRefused(
        2,
        "Cannot read "
            + "file:"
            + raw
            + "/data_batch_5.bin: record 7 has label 10 (labels are from 0 to 9: get it again)");
    assertNoDataSet("cifar-10");
  }

  @Test
  void cutGzip() throws Exception {
    Path raw = Files.createDirectories(directory.resolve("raw"));
    for (String part : List.of("train", "t10k")) {
      byte[] images =
          ByteBuffer.allocate(16 + 640).putInt(0x803).putInt(10).putInt(8).putInt(8).array();
      byte[] labels = ByteBuffer.allocate(8 + 10).putInt(0x801).putInt(10).array();
      Files.write(raw.resolve(part + "-images-idx3-ubyte.gz"), packed(images));
      Files.write(raw.resolve(part + "-labels-idx1-ubyte.gz"), packed(labels));
    }
    Path cut = raw.resolve("t10k-labels-idx1-ubyte.gz");
    byte[] whole = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(whole, whole.length - 3));
    run("prepare", "data.kind=mnist", "data.path=" + raw);
    assertRefused(2, "Cannot read " + cut + ": it ends in item 9 of 10 (get the file again)");
    assertNoDataSet("mnist");
  }

  @Test
  void fullDiskWhereTheDataSetGoes() throws Exception {
    try (SmallDisk disk = SmallDisk.at(directory.resolve("out"), "8m")) {
      disk.fill(7 << 20);
      run("prepare", "data.shapes.train=1500");
      assertRefused(
          2,
          "Cannot write to " + directory.resolve("out/datasets/shapes/"),
          ": No space left on device (free some there, or choose an output with more room)");
      assertNoDataSet("shapes");
    }
  }

  @Test
  void fullDiskOfSpark() throws Exception {
    Path local = directory.resolve("local");
    try (SmallDisk disk = SmallDisk.at(local, "2m")) {
      disk.fill(1 << 20);
      options.add("-Dspark.local.dir=" + local);
      run("prepare", "data.shapes.train=2000");
      assertRefused(
          2,
          "Cannot prepare data set " + directory.resolve("out/datasets/shapes") + ": ",
          "No space left on device",
          "(free some in spark.local.dir = "
              + local
              + ", or name a directory with more room: --conf"
              + " spark.local.dir=DIRECTORY)");
      assertNoDataSet("shapes");
    }
  }

  @Test
  void fullDiskWhereTheModelGoes() throws Exception {
    try (SmallDisk disk = SmallDisk.at(directory.resolve("out"), "16m")) {
      SmallRuns.copyDataset(directory);
      disk.fill(32 << 10);
      run("train");
      assertRefused(
          1,
          "Cannot go on: No space left on device",
          " (free some where output = " + directory.resolve("out") + " lies, or choose another");
      assertThat(directory.resolve("out/models/small/LATEST")).doesNotExist();
    }
  }

  @Test
  void shardThatIsSignedButBroken() throws Exception {
    SmallRuns.copyDataset(directory);
    Path data = directory.resolve("out/datasets/shapes");
    byte[] broken = "no Parquet at all".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Files.write(data.resolve("train/shard-00002.parquet"), broken);
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode manifest = (ObjectNode) mapper.readTree(data.resolve("manifest.json").toFile());
    ObjectNode shard = (ObjectNode) manifest.at("/splits/train/shards/2");
    shard.put("bytes", broken.length);
    byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(broken);
    shard.put("sha256", HexFormat.of().formatHex(sha256));
    mapper.writeValue(data.resolve("manifest.json").toFile(), manifest);
    run("train");
    assertRefused(
        2,
        "Cannot read shard train/shard-00002.parquet: it is no sound shard of this data set, ",
        "is not a Parquet file",
        "(delete the data set and prepare it again)");
  }

  private static byte[] packed(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private void run(String command, String... sets) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(ProcessHandle.current().info().command().orElseThrow());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens"))
        .forEach(line::add);
    line.addAll(List.of("-Xmx1g", "-Dspark.master=local[2]", "-Dspark.ui.enabled=false"));
    line.addAll(options);
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), Blockwise.class.getName()));
    line.add(command);
    line.addAll(SmallRuns.arguments(directory, sets));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder
        .environment()
        .put("LOG4J_CONFIGURATION_FILE", LOGGING.toAbsolutePath().normalize().toString());
    File output = directory.resolve("output.txt").toFile();
    process = builder.redirectErrorStream(true).redirectOutput(output).start();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      fail("still runs after %d s: %s", SECONDS, errors());
    }
  }

  private void assertRefused(int code, String start, String... parts) throws IOException {
    List<String> lines = errors().lines().toList();
    assertThat(process.exitValue()).as(errors()).isEqualTo(code);
    String last = lines.get(lines.size() - 1);
    assertThat(last).startsWith(start);
    for (String part : parts) {
      assertThat(last).contains(part);
    }
    assertThat(lines.subList(0, lines.size() - 1))
        .noneMatch(line -> line.contains("ERROR") || line.contains("Exception"))
        .noneMatch(line -> line.startsWith("\tat ") || line.startsWith("Cannot "));
  }

  private void assertNoDataSet(String name) {
    assertThat(directory.resolve("out/datasets").resolve(name)).doesNotExist();
  }

  private String errors() throws IOException {
    return Files.readString(directory.resolve("output.txt"));
  }
}
