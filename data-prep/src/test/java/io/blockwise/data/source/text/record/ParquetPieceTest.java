package io.blockwise.data.source.text.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.base.files.Storage;
import io.blockwise.data.Preparing;
import io.blockwise.data.dataset.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetPieceTest {
  private static final int ROWS = 3000;

  private final Storage storage = new Storage(new Configuration());

  @TempDir Path folder;

  @Test
  void everyRowIsInOnePieceAndKnownByItsIndexWhereverTheFileIsCut() throws IOException {
    Path path = folder.resolve("rows.parquet");
    write(path);
    long length = Files.size(path);
    TextFile file =
        new TextFile(
            Preparing.hadoop(path),
            "rows.parquet",
            0,
            length,
            Split.TRAIN,
            new ParquetFormat(new Columns("label", "text")));
    List<String> expected =
        IntStream.range(0, ROWS).mapToObj(i -> i + " " + i % 7 + " text " + i).toList();
    int groups = 0;
    for (long cut = 0; cut < length; cut += length / 40) {
      List<String> first = rows(file, 0, cut);
      List<String> all = new ArrayList<>(first);
      all.addAll(rows(file, cut, length));
      assertThat(all).as("cut at %d", cut).isEqualTo(expected);
      groups += first.isEmpty() || first.size() == ROWS ? 0 : 1;
    }
    assertThat(groups).as("cuts between row groups").isPositive();
    assertThat(file.pieces()).hasSize(1);
  }

  private List<String> rows(TextFile file, long start, long end) throws IOException {
    List<String> rows = new ArrayList<>();
    try (TextCursor cursor = file.format().piece(file, start, end).open(storage)) {
      while (cursor.advance()) {
        TextCursor.Labelled row = cursor.current();
        rows.add(cursor.position() + " " + row.label() + " " + row.texts().get(0));
      }
    }
    return rows;
  }

  private static void write(Path path) throws IOException {
    MessageType schema =
        MessageTypeParser.parseMessageType(
            "message row { required int64 other; required binary text (STRING); required int32 label; }");
    SimpleGroupFactory groups = new SimpleGroupFactory(schema);
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(Preparing.hadoop(path))
            .withType(schema)
            .withRowGroupSize(1L << 12)
            .withPageSize(1 << 10)
            .build()) {
      for (int i = 0; i < ROWS; i++) {
        writer.write(
            groups
                .newGroup()
                .append("other", 1L)
                .append("text", "text " + i)
                .append("label", i % 7));
      }
    }
  }
}
