package io.blockwise.data.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.base.files.Digests;
import io.blockwise.base.files.Storage;
import io.blockwise.data.LocalSpark;
import io.blockwise.data.Preparing;
import io.blockwise.data.RawFiles;
import io.blockwise.data.dataset.ListedFile;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.dataset.SplitContent;
import io.blockwise.data.learn.ImageMeasurer;
import io.blockwise.data.learn.Learned;
import io.blockwise.data.learn.Learner;
import io.blockwise.data.options.LabelNoise;
import io.blockwise.data.options.ShardCounts;
import io.blockwise.data.progress.ReportedJob;
import io.blockwise.data.progress.Silent;
import io.blockwise.data.source.CifarLayout;
import io.blockwise.data.source.CifarSource;
import io.blockwise.data.source.RawRows;
import io.blockwise.data.source.Slice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardingTest {
  private static final ShardingOptions OPTIONS =
      new ShardingOptions(3, 0.1, 0.1, new ShardCounts(2, 1, 1), LabelNoise.NONE, true);

  private final Storage storage = new Storage(new Configuration());

  @TempDir Path folder;

  @Test
  void orderInWhichRowsAreReadDoesNotShow() throws Exception {
    RawFiles.cifar10(folder, 6000, 20);
    RawRows raw = new CifarSource(storage, Preparing.hadoop(folder), CifarLayout.CIFAR_10).open();
    List<Slice> backwards = new ArrayList<>(raw.slices());
    Collections.reverse(backwards);
    RawRows reversed =
        new RawRows(
            raw.schema(), raw.classes(), raw.parts(), backwards, raw.passedOver(), raw.bad());
    SparkSession session = LocalSpark.start(2);
    try {
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      assertThat(backwards).hasSize(6);
      assertThat(write(spark, reversed, "b")).isEqualTo(write(spark, raw, "a"));
    } finally {
      session.stop();
    }
    assertNoTemporaryFiles(folder.resolve("a"));
  }

  /** Stands for what needs more than the images do: other values, and files beside the shards. */
  @Test
  void learnerSeesTheRowsOfTrainOnlyAndDecidesWhatIsWritten() throws Exception {
    RawFiles.cifar10(folder, 100, 20);
    RawRows raw = new CifarSource(storage, path("."), CifarLayout.CIFAR_10).open();
    SplitContent train;
    List<ListedFile> beside;
    SparkSession session = LocalSpark.start(2);
    try {
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      List<Slice> counted = raw.slices().stream().<Slice>map(CountedSlice::new).toList();
      RawRows rows =
          new RawRows(
              raw.schema(), raw.classes(), raw.parts(), counted, raw.passedOver(), raw.bad());
      DealtRows dealt =
          new Sharding(spark, storage, rows, Silent.INSTANCE).deal("cifar-10", OPTIONS);
      CountedSlice.READ.set(0);
      Learned learned = dealt.learn(new RowCounter(), Silent.INSTANCE);
      train = dealt.write(learned, path("data"), Silent.INSTANCE).get(Split.TRAIN);
      beside = learned.writeBeside(storage, path("data"));
    } finally {
      session.stop();
    }
    assertThat(beside).extracting(ListedFile::name).containsExactly("rows.txt");
    assertThat(folder.resolve("data/rows.txt")).hasContent(train.rows() + " " + raw.schema());
    assertThat(CountedSlice.READ).hasValue(raw.slices().size());
    try (ParquetReader<Group> written =
        ParquetReader.builder(new GroupReadSupport(), path("data/train/shard-00000.parquet"))
            .build()) {
      assertThat(written.read().getBinary("pixels", 0).getBytes()).isEqualTo(new byte[] {1, 2, 3});
    }
  }

  private org.apache.hadoop.fs.Path path(String name) {
    return Preparing.hadoop(folder.resolve(name));
  }

  /** Counts the rows of train, and writes three bytes in the place of each image. */
  private static final class RowCounter implements Learner {
    @Override
    public Learned learn(RowSchema raw, JavaRDD<byte[][]> train, ReportedJob first) {
      return new Counted(raw, train.count());
    }
  }

  private record Counted(RowSchema schema, long rows) implements Learned {
    @Override
    public byte[][] values(byte[][] raw) {
      return new byte[][] {{1, 2, 3}};
    }

    @Override
    public List<ListedFile> writeBeside(Storage storage, org.apache.hadoop.fs.Path directory)
        throws IOException {
      byte[] text = (rows + " " + schema).getBytes(StandardCharsets.UTF_8);
      storage.write(new org.apache.hadoop.fs.Path(directory, "rows.txt"), text);
      return List.of(new ListedFile("rows.txt", text.length, Digests.sha256(text)));
    }
  }

  /** Counts how often it is read, in whatever thread. */
  private record CountedSlice(Slice slice) implements Slice {
    private static final AtomicInteger READ = new AtomicInteger();

    @Override
    public int rows() {
      return slice.rows();
    }

    @Override
    public Reader open(Storage storage) throws IOException {
      READ.incrementAndGet();
      return slice.open(storage);
    }
  }

  private Map<Split, SplitContent> write(JavaSparkContext spark, RawRows raw, String name)
      throws Exception {
    DealtRows dealt = new Sharding(spark, storage, raw, Silent.INSTANCE).deal("cifar-10", OPTIONS);
    Learned learned = dealt.learn(new ImageMeasurer(), Silent.INSTANCE);
    return dealt.write(learned, Preparing.hadoop(folder.resolve(name)), Silent.INSTANCE);
  }

  private static void assertNoTemporaryFiles(Path directory) throws Exception {
    try (Stream<Path> files = Files.walk(directory)) {
      assertThat(files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()))
          .hasSize(4)
          .allMatch(name -> name.matches("shard-0000[01]\\.parquet"));
    }
  }
}
