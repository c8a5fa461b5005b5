package io.blockwise.data.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Digests;
import io.blockwise.testing.RandomSeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** On a file of several row groups. */
class ShardReaderTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static final ImageShape SHAPE = new ImageShape(3, 32, 32);
  private static final RowSchema SCHEMA = schema(SHAPE);
  private static final int ROWS = 1001;

  @TempDir Path folder;
  private byte[] pixels;
  private Path file;
  private Shard shard;

  @BeforeEach
  void write() throws IOException {
    pixels = new byte[ROWS * SHAPE.bytes()];
    SEED.random().nextBytes(pixels);
    file = folder.resolve("shard.parquet");
    int[] row = new int[1];
    write(
        SCHEMA.message(),
        group -> {
          int from = row[0] * SHAPE.bytes();
          byte[] image = Arrays.copyOfRange(pixels, from, from + SHAPE.bytes());
          group
              .append(RowSchema.LABEL, row[0]++)
              .append("pixels", Binary.fromConstantByteArray(image));
        });
  }

  private void write(MessageType schema, Consumer<Group> row) throws IOException {
    Files.deleteIfExists(file);
    SimpleGroupFactory groups = new SimpleGroupFactory(schema);
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toString()))
            .withType(schema)
            .withRowGroupSize(1L << 20)
            .withPageSize(1 << 16)
            .withDictionaryEncoding(false)
            .build()) {
      for (int i = 0; i < ROWS; i++) {
        Group group = groups.newGroup();
        row.accept(group);
        writer.write(group);
      }
    }
    sign();
  }

  @Test
  void rowsOfAllRowGroupsAreRead() throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(
                new org.apache.hadoop.fs.Path(file.toString()), new Configuration()))) {
      assertThat(reader.getRowGroups()).hasSizeGreaterThan(2);
    }
    Rows rows = read(SCHEMA, ROWS);
    assertThat(rows.count()).isEqualTo(ROWS);
    assertThat(rows.row(0)).isEqualTo(40);
    assertThat(IntStream.range(0, ROWS).map(rows::label).toArray())
        .isEqualTo(IntStream.range(0, ROWS).toArray());
    assertThat(rows.field("pixels", ImageValues.class).pixels()).isEqualTo(pixels);
  }

  @Test
  void originalLabelsOfAllRowGroupsAreReadAndAreClasses() throws IOException {
    int[] row = new int[1];
    write(
        SCHEMA.messageWithOriginals(),
        group -> {
          int from = row[0] * SHAPE.bytes();
          byte[] image = Arrays.copyOfRange(pixels, from, from + SHAPE.bytes());
          group.append(RowSchema.LABEL, 0).append("pixels", Binary.fromConstantByteArray(image));
          if (row[0] % 3 == 1) {
            group.append(RowSchema.ORIGINAL_LABEL, row[0]);
          }
          row[0]++;
        });
    byte[] bytes = Files.readAllBytes(file);
    assertThat(new ShardReader(shard, SCHEMA, ROWS).originalLabels(bytes))
        .isEqualTo(IntStream.range(0, ROWS).map(i -> i % 3 == 1 ? i : -1).toArray());
    assertThat(read(SCHEMA, ROWS).field("pixels", ImageValues.class).pixels()).isEqualTo(pixels);
    assertThatThrownBy(() -> new ShardReader(shard, SCHEMA, 1000).originalLabels(bytes))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("label 1000 of row 1000 is none of 1000 classes");
  }

  @Test
  void fieldThatTheFileDoesNotHaveIsRefused() {
    RowSchema more = new RowSchema(Map.of("photo", new ImageKind(SHAPE, true)));
    assertThatThrownBy(() -> read(more, ROWS))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot read shard shard.parquet: it is no sound shard of this data set, it has no field"
                + " photo (delete the data set and prepare it again)");
  }

  @Test
  void columnOfAnotherTypeIsRefused() throws IOException {
    MessageType texts =
        MessageTypeParser.parseMessageType(
            "message image { required int32 label; required int64 pixels; }");
    write(texts, group -> group.append(RowSchema.LABEL, 0).append("pixels", 1L));
    assertThatThrownBy(() -> read(SCHEMA, ROWS))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "its field is required int64 pixels instead of required binary pixels (delete");
  }

  @Test
  void otherNumberOfRowsIsRefused() throws IOException {
    Shard wrong = new Shard(shard.file(), 0, ROWS - 1, shard.bytes(), shard.sha256());
    assertThatThrownBy(() -> new ShardReader(wrong, SCHEMA, ROWS).read(Files.readAllBytes(file)))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot read shard shard.parquet: it is no sound shard of this data set, it has 1001"
                + " rows instead of 1000 (delete the data set and prepare it again)");
  }

  @Test
  void labelThatIsNoClassIsRefused() throws IOException {
    assertThatThrownBy(() -> read(SCHEMA, 1000))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "no sound shard of this data set, label 1000 of row 1000 is none of 1000 classes");
  }

  @Test
  void rowOfAnotherLengthIsRefused() throws IOException {
    assertThatThrownBy(() -> read(schema(new ImageShape(3, 32, 31)), ROWS))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "no sound shard of this data set, row 0 has 3072 bytes of pixels instead of 2976");
  }

  @Test
  void fileThatIsNoParquetIsRefused() throws IOException {
    Files.writeString(file, "no Parquet, but the manifest has its checksum");
    sign();
    assertThatThrownBy(() -> read(SCHEMA, ROWS))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is not a Parquet file");
  }

  /** Whatever stands in a file whose checksum is right: it is read, or refused in one line. */
  @Test
  void damagedFileIsReadOrRefused() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Random random = SEED.random(2);
    for (int time = 0; time < 150; time++) {
      byte[] damaged = whole.clone();
      for (int i = 0; i <= time % 4; i++) {
        // Most of it at the end, where the lengths and offsets stand.
        int range = time % 3 == 0 ? damaged.length : 2000;
        damaged[damaged.length - 1 - random.nextInt(range)] = (byte) random.nextInt();
      }
      Files.write(file, damaged);
      sign();
      try {
        read(SCHEMA, ROWS);
      } catch (UserException e) {
        assertThat(e.getMessage()).startsWith("Cannot read shard ").doesNotContain("\n");
      } catch (RuntimeException | Error e) {
        throw new AssertionError("time " + time, e);
      }
    }
  }

  private static RowSchema schema(ImageShape shape) {
    return RowSchema.of(new ImageKind(shape, true));
  }

  private Rows read(RowSchema schema, int classes) throws IOException {
    return new ShardReader(shard, schema, classes).read(Files.readAllBytes(file));
  }

  private void sign() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    shard = new Shard("shard.parquet", 40, ROWS, bytes.length, Digests.sha256(bytes));
  }
}
