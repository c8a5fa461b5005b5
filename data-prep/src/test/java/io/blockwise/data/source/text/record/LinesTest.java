package io.blockwise.data.source.text.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.files.Storage;
import io.blockwise.data.Preparing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinesTest {
  private static final String TEXT = "first\n\nthird é\r\n我\n\n\nlast";

  private final Storage storage = new Storage(new Configuration());

  @TempDir Path folder;

  @Test
  void everyLineIsInOnePartWhereverTheFileIsCut() throws Exception {
    write(TEXT.getBytes(StandardCharsets.UTF_8));
    long length = Files.size(file());
    List<String> whole = lines(0, length);
    assertThat(whole)
        .containsExactly("0 first", "6 ", "7 third é", "17 我", "21 ", "22 ", "23 last");
    for (long cut = 1; cut < length; cut++) {
      List<String> parts = lines(0, cut);
      parts.addAll(lines(cut, length));
      assertThat(parts).as("cut at %d", cut).isEqualTo(whole);
    }
  }

  @Test
  void byteOrderMarkIsLeftOutAtTheBeginningOnly() throws Exception {
    write("\uFEFFa\n\uFEFFb".getBytes(StandardCharsets.UTF_8));
    assertThat(lines(0, 100)).containsExactly("0 a", "5 \uFEFFb");
  }

  @Test
  void bytesOfAnotherEncodingAreRefused() throws Exception {
    write("ok\ncaf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> lines(0, 100)).hasMessage("is not in UTF-8");
    write("\uFEFFa".getBytes(StandardCharsets.UTF_16LE));
    assertThatThrownBy(() -> lines(0, 100)).hasMessage("is not in UTF-8");
  }

  @Test
  void lineThatNeverEndsIsRefused() throws Exception {
    byte[] much = new byte[(16 << 20) + 10];
    Arrays.fill(much, (byte) 'x');
    write(much);
    assertThatThrownBy(() -> lines(0, much.length)).hasMessage("is longer than 16 MiB");
  }

  @Test
  void numberOfALineIsFoundByItsPlace() throws Exception {
    write(TEXT.getBytes(StandardCharsets.UTF_8));
    assertThat(Lines.number(storage, Preparing.hadoop(file()), 0)).isEqualTo(1);
    assertThat(Lines.number(storage, Preparing.hadoop(file()), 17)).isEqualTo(4);
    assertThat(Lines.number(storage, Preparing.hadoop(file()), 23)).isEqualTo(7);
  }

  private Path file() {
    return folder.resolve("text");
  }

  private void write(byte[] bytes) throws IOException {
    Files.write(file(), bytes);
  }

  private List<String> lines(long start, long end) throws Exception {
    List<String> found = new ArrayList<>();
    try (Lines lines = new Lines(storage, Preparing.hadoop(file()), start, end)) {
      while (lines.advance()) {
        found.add(lines.offset() + " " + lines.text());
      }
    }
    return found;
  }
}
