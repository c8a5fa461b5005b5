package io.blockwise.data.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Digests;
import io.blockwise.data.options.Cleaning;
import io.blockwise.data.options.Tokenizer;
import io.blockwise.testing.RandomSeed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.RecordConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class TokensKindTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static final Cleaning CLEANING = new Cleaning(Tokenizer.STANDARD, true, true, false);
  private static final TokensKind KIND = new TokensKind(CLEANING, 100, 40);

  @TempDir Path folder;

  @Test
  void everyRowIsReadAsLongAsItWasWritten() throws IOException {
    Random random = SEED.random();
    List<int[]> texts =
        IntStream.range(0, 3000).mapToObj(i -> random.ints(i % 40 + 1, 1, 100).toArray()).toList();
    Rows rows = read(KIND, texts);
    TokenValues values = rows.field("tokens", TokenValues.class);
    for (int row = 0; row < texts.size(); row++) {
      assertThat(values.tokens(row)).as("row %d", row).isEqualTo(texts.get(row));
      assertThat(rows.label(row)).isEqualTo(row % 2);
    }
  }

  @Test
  void memoryIsCountedByTheLongestText() {
    assertThat(RowSchema.of(KIND).rowBytes()).isEqualTo(4 + 4 + 40 * 4);
  }

  @Test
  void textsThatAreNoneOfTheKindAreRefused() {
    List<int[]> short1 = List.of(new int[] {1}, new int[] {2, 3});
    assertRefused(new TokensKind(CLEANING, 3, 2), short1, "token 3 of row 1 is none of 1 to 2");
    assertRefused(new TokensKind(CLEANING, 4, 1), short1, "row 1 has more than 1 tokens");
    assertRefused(KIND, List.of(new int[] {5, 0}), "token 0 of row 0 is none of 1 to 99");
  }

  @Test
  void textsWithoutTokensAreRefused() {
    // what writes shards never makes one; a damaged file can
    GroupConverter list = new TokenValues(KIND, 2).unpacker(() -> 1).asGroupConverter();
    list.start();
    assertThatThrownBy(list::end).hasMessage("row 1 has no tokens");
  }

  @Test
  void damagedFileIsReadOrRefused() throws IOException {
    Random random = SEED.random(1);
    List<int[]> texts =
        IntStream.range(0, 500).mapToObj(i -> random.ints(20, 1, 100).toArray()).toList();
    byte[] whole = written(KIND, texts);
    for (int time = 0; time < 150; time++) {
      byte[] damaged = whole.clone();
      for (int i = 0; i <= time % 4; i++) {
        damaged[damaged.length - 1 - random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        read(KIND, damaged, texts.size());
      } catch (UserException e) {
        assertThat(e.getMessage()).startsWith("Cannot read shard ").doesNotContain("\n");
      } catch (RuntimeException | Error e) {
        throw new AssertionError("time " + time, e);
      }
    }
  }

  @Test
  void lengthsBeyondMemoryAreRefused() throws IOException {
    Random random = SEED.random(2);
    List<int[]> texts =
        IntStream.range(0, 50).mapToObj(i -> random.ints(20, 1, 100).toArray()).toList();
    byte[] whole = written(KIND, texts);
    List<String> refusals = new ArrayList<>();
    // one of these is the length of a run: 134 million groups of 8 values
    for (int at = 0; at < 100; at++) {
      ByteBuffer damaged = ByteBuffer.wrap(whole.clone()).putInt(at, 0xffffff7f);
      try {
        read(KIND, damaged.array(), texts.size());
      } catch (UserException e) {
        refusals.add(e.getMessage());
      }
    }
    assertThat(refusals)
        .contains(
            "Cannot read shard shard.parquet: it asks for more memory than the process has left"
                + " (give the process more memory; where the shard is small, it is no sound one:"
                + " delete the data set and prepare it again)");
  }

  @Test
  void sizesWithoutRoomForATokenOrAWordAreRefused() {
    assertThatThrownBy(() -> new TokensKind(CLEANING, 100, 0))
        .hasMessage("max_length is 0 and vocabulary_size 100");
    assertThatThrownBy(() -> new TokensKind(CLEANING, 2, 1))
        .hasMessage("max_length is 1 and vocabulary_size 2");
    assertThat(new TokensKind(CLEANING, 0, 1).measured()).isFalse();
  }

  @Test
  void manifestSaysHowTextsBecameTokens() {
    Manifest manifest = manifest(KIND);
    String json = new String(manifest.json(), StandardCharsets.UTF_8);
    assertThat(json.replaceAll("\\s+", " "))
        .contains(
            "\"tokens\" : { \"kind\" : \"tokens\", \"cleaning\" : { \"tokenizer\" : \"standard\","
                + " \"strip_tags\" : true, \"lower_case\" : true, \"drop_stop_words\" : false },"
                + " \"vocabulary_size\" : 100, \"max_length\" : 40 }");
    assertThat(ManifestJson.read(manifest.json(), "it")).isEqualTo(manifest);
  }

  @Test
  void manifestSaysHowManyTokensHaveAVector() {
    TokensKind kind = new TokensKind(CLEANING, 100, 40, new WordVectors(300, 80, 1000, 950));
    String json = new String(manifest(kind).json(), StandardCharsets.UTF_8);
    assertThat(json.replaceAll("\\s+", " "))
        .contains(
            "\"max_length\" : 40, \"vectors\" : { \"dimension\" : 300, \"words\" : 80, \"tokens\" :"
                + " 1000, \"covered_tokens\" : 950 } }");
    assertThat(ManifestJson.read(manifest(kind).json(), "it")).isEqualTo(manifest(kind));
    assertThat(kind.vectors().tokenCoverage()).isEqualTo(0.95);
  }

  @Test
  void moreTokensWithAVectorThanThereAreAreRefused() {
    assertThatThrownBy(() -> new WordVectors(300, 80, 1000, 1001))
        .hasMessage("vectors of 300 for 80, 1001 of 1000");
  }

  private static Manifest manifest(TokensKind kind) {
    SplitContent one =
        new SplitContent(
            1, List.of(1L), List.of(new Shard("train/shard-00000.parquet", 0, 1, 9, "")));
    return new Manifest(
        2,
        "text",
        List.of("only"),
        Map.of("tokens", kind),
        1,
        Map.of(),
        List.of(),
        Map.of(Split.TRAIN, one),
        0,
        0,
        0,
        List.of(),
        List.of());
  }

  private void assertRefused(TokensKind kind, List<int[]> texts, String fact) {
    assertThatThrownBy(() -> read(kind, texts))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot read shard shard.parquet: it is no sound shard of this data set, "
                + fact
                + " (delete the data set and prepare it again)");
  }

  private Rows read(TokensKind kind, List<int[]> texts) throws IOException {
    return read(kind, written(kind, texts), texts.size());
  }

  private static Rows read(TokensKind kind, byte[] file, int rows) {
    Shard shard = new Shard("shard.parquet", 0, rows, file.length, Digests.sha256(file));
    return new ShardReader(shard, RowSchema.of(kind), 2).read(file);
  }

  private byte[] written(TokensKind kind, List<int[]> texts) throws IOException {
    Path file = folder.resolve("shard.parquet");
    Files.deleteIfExists(file);
    try (ParquetWriter<int[]> writer = new Builder(file, kind).withRowGroupSize(1L << 15).build()) {
      for (int[] text : texts) {
        writer.write(text);
      }
    }
    return Files.readAllBytes(file);
  }

  /** Writes rows as data-prep does; the labels take turns. */
  private static final class Builder extends ParquetWriter.Builder<int[], Builder> {
    private final TokensKind kind;

    Builder(Path file, TokensKind kind) {
      super(new org.apache.hadoop.fs.Path(file.toString()));
      this.kind = kind;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<int[]> getWriteSupport(Configuration conf) {
      return new WriteSupport<>() {
        private RecordConsumer into;
        private int row;

        @Override
        public WriteContext init(Configuration ignored) {
          return new WriteContext(RowSchema.of(kind).message(), Map.of());
        }

        @Override
        public void prepareForWrite(RecordConsumer consumer) {
          into = consumer;
        }

        @Override
        public void write(int[] text) {
          into.startMessage();
          into.startField(RowSchema.LABEL, 0);
          into.addInteger(row++ % 2);
          into.endField(RowSchema.LABEL, 0);
          into.startField("tokens", 1);
          ByteBuffer ids = ByteBuffer.allocate(Integer.BYTES * text.length);
          Arrays.stream(text).forEach(ids::putInt);
          kind.write(ids.array(), into);
          into.endField("tokens", 1);
          into.endMessage();
        }
      };
    }
  }
}
