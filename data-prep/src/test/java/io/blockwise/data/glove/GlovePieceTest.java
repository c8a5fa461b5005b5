package io.blockwise.data.glove;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.base.files.Storage;
import io.blockwise.data.text.Vocabulary;
import io.blockwise.testing.RandomSeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class GlovePieceTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private final Storage storage = new Storage(new Configuration());

  @TempDir Path folder;

  @Test
  void everyLineIsReadOnceWhereverTheFileIsCut() throws IOException {
    List<String> words = IntStream.range(0, 30).mapToObj(i -> "é".repeat(i % 3) + i).toList();
    StringBuilder lines = new StringBuilder("30 2\n");
    words.forEach(word -> lines.append(word).append(" 0.5 -1e-3\n"));
    GloveFile file = open(lines.toString());
    Random random = SEED.random();
    for (int time = 0; time < 100; time++) {
      long cut = random.nextInt((int) file.length() + 1);
      List<Integer> ids = new ArrayList<>();
      ids.addAll(ids(new GlovePiece(file, 0, cut), words));
      ids.addAll(ids(new GlovePiece(file, cut, file.length()), words));
      assertThat(ids).as("cut at %d", cut).isEqualTo(IntStream.range(2, 32).boxed().toList());
    }
  }

  @Test
  void dimensionIsThatOfMostLinesOrOfTheHeader() throws IOException {
    assertThat(open(". . . 1 2 3\na 1 2 3\nb 1 2 3\n").dimension()).isEqualTo(3);
    assertThat(open("7 2\nthe old 1 2\na b 1 2\n"))
        .returns(2, GloveFile::dimension)
        .returns(true, GloveFile::hasHeader);
    assertThat(open("7 2.5\na 1\n"))
        .returns(1, GloveFile::dimension)
        .returns(false, GloveFile::hasHeader);
  }

  @Test
  void wordThatComesAgainIsLeftOut() throws IOException {
    GloveFile file = open("a 1 2\n\nb 3 4\na 5 6\n".repeat(1000));
    Vocabulary words = new Vocabulary(List.of("a", "b"));
    GlovePiece.Found found = new GlovePiece(file, 0, file.length()).in(words, storage);
    assertThat(found.ids).containsExactly(2, 3);
    assertThat(found.vectors).isDeepEqualTo(new float[][] {{1, 2}, {3, 4}});
  }

  @Test
  void firstVectorOfAWordCountsWhicheverPieceComesFirst() throws IOException {
    GloveFile file = open("a 1 2\nb 3 4\na 5 6\nc 7 8\n");
    Vocabulary words = new Vocabulary(List.of("a", "b", "c"));
    VocabularyVectors vectors = new VocabularyVectors(words.size(), 2);
    for (int piece : new int[] {1, 0}) {
      vectors.add(new GlovePiece(file, piece * 12L, piece * 12L + 12).in(words, storage), piece);
    }
    assertThat(vectors.words()).isEqualTo(3);
    assertThat(vectors.filled(1).row(2)).containsExactly(1, 2);
    assertThat(vectors.filled(1).row(4)).containsExactly(7, 8);
  }

  private GloveFile open(String text) throws IOException {
    Path path = folder.resolve("vectors.txt");
    Files.writeString(path, text);
    return GloveFile.open(storage, new org.apache.hadoop.fs.Path(path.toString()));
  }

  private List<Integer> ids(GlovePiece piece, List<String> words) throws IOException {
    GlovePiece.Found found = piece.in(new Vocabulary(words), storage);
    assertThat(List.of(found.vectors)).allMatch(v -> v[0] == 0.5f && v[1] == -0.001f);
    return IntStream.of(found.ids).boxed().toList();
  }
}
