package io.blockwise.data.glove;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.source.RawPart;
import io.blockwise.data.source.text.record.BadRecordException;
import io.blockwise.data.source.text.record.Lines;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/**
 * A file of word vectors in GloVe's text format: in every line a word and its numbers, with a blank
 * in between, in UTF-8. A word may hold blanks itself. Empty lines are passed over. A first line of
 * two whole numbers, which word2vec's text format has, is none of a word. Immutable.
 *
 * @param dimension numbers of a word
 * @param hasHeader whether the first line is none of a word
 */
public record GloveFile(Path path, long length, int dimension, boolean hasHeader)
    implements Serializable {
  private static final long PIECE = 16 << 20;
  private static final int LOOKED_AT = 100;
  private static final Pattern HEADER = Pattern.compile("[0-9]{1,18} ([1-9][0-9]{0,4})");

  /**
   * Looks at the first lines: the dimension is what the header says, or what most of them have.
   *
   * @throws UserException if there is no such file, or no vectors are in it
   */
  public static GloveFile open(Storage storage, Path path) throws IOException {
    if (!storage.isFile(path) || storage.length(path) == 0) {
      throw unreadable(
          path,
          storage.isDirectory(path) ? "it is a directory" : "there is no such file, or it is empty",
          "set data.text.glove to a text file with a word and its numbers in every line");
    }
    List<String> first = firstLines(storage, path);
    Matcher header = HEADER.matcher(Lines.first(storage, path).stripTrailing());
    int dimension = header.matches() ? Integer.parseInt(header.group(1)) : commonest(first);
    if (dimension == 0) {
      throw unreadable(
          path,
          "most of its first lines have no blank",
          "set data.text.glove to a text file with a word and its numbers in every line");
    }
    return new GloveFile(path, storage.length(path), dimension, header.matches());
  }

  /** For its checksum. */
  public RawPart part() {
    return RawPart.of(path, length);
  }

  /** The whole file in pieces, each small enough for a task. */
  List<GlovePiece> pieces() {
    List<GlovePiece> pieces = new ArrayList<>();
    for (long start = 0; start < length; start += PIECE) {
      pieces.add(new GlovePiece(this, start, Math.min(length, start + PIECE)));
    }
    return pieces;
  }

  private static List<String> firstLines(Storage storage, Path path) throws IOException {
    List<String> first = new ArrayList<>();
    try (Lines lines = new Lines(storage, path, 0, Long.MAX_VALUE)) {
      try {
        while (first.size() < LOOKED_AT && lines.advance()) {
          String line = lines.text().stripTrailing();
          if (!line.isEmpty()) {
            first.add(line);
          }
        }
      } catch (BadRecordException e) {
        throw bad(path, Lines.number(storage, path, lines.offset()), e);
      }
    }
    return first;
  }

  /** Of equally frequent ones the lowest. */
  private static int commonest(List<String> lines) {
    Map<Integer, Long> counts =
        lines.stream()
            .collect(Collectors.groupingBy(GloveFile::blanks, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .max(
            Map.Entry.<Integer, Long>comparingByValue()
                .thenComparing(Map.Entry.<Integer, Long>comparingByKey(Comparator.reverseOrder())))
        .map(Map.Entry::getKey)
        .orElse(0);
  }

  private static int blanks(String line) {
    return (int) line.chars().filter(letter -> letter == ' ').count();
  }

  /** What to throw for a line that cannot be used. */
  static UserException bad(Path path, long line, BadRecordException fact) {
    return UserException.cannot(
        "read word vectors " + path,
        "line " + line + " " + fact.getMessage(),
        "correct it, or get the file again: a line is a word and its numbers in UTF-8",
        fact);
  }

  private static UserException unreadable(Path path, String fact, String remedy) {
    return UserException.cannot("read word vectors " + path, fact, remedy);
  }
}
