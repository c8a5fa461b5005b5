package io.blockwise.data.source.text.record;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.util.LineReader;

/**
 * The lines of a text in UTF-8 that begin within a part of its file; they end with LF or CR LF. A
 * byte-order mark at its beginning is left out. Used by one thread.
 */
public final class Lines implements Closeable {
  private static final byte[] LF = {'\n'};
  private static final int BUFFER = 1 << 16;
  private static final int MOST_BYTES = 16 << 20;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final LineReader in;
  private final long end;
  private final Text line = new Text();
  private long next;
  private long offset;

  /**
   * Begins at the first line that begins at {@code start} or behind.
   *
   * @param end lines that begin there or behind are none of these
   */
  public Lines(Storage storage, Path path, long start, long end) throws IOException {
    this.end = end;
    FSDataInputStream file = storage.open(path);
    in = new LineReader(file, BUFFER, LF);
    if (start > 0) {
      file.seek(start - 1); // the byte before may end a line
      next = start - 1 + in.readLine(line, 0);
    }
  }

  /**
   * Goes to the next line; whether there is one.
   *
   * @throws BadRecordException if it does not fit into memory
   */
  public boolean advance() throws IOException, BadRecordException {
    offset = next;
    if (next >= end) {
      return false;
    }
    int read = in.readLine(line, MOST_BYTES);
    next += read;
    if (read > MOST_BYTES + 1) {
      throw new BadRecordException("is longer than 16 MiB");
    }
    return read > 0;
  }

  /** Where the line begins in the file. */
  public long offset() {
    return offset;
  }

  /**
   * The line without its end.
   *
   * @throws BadRecordException if it is not in UTF-8
   */
  public String text() throws BadRecordException {
    int length = line.getLength();
    boolean carriageReturn = length > 0 && line.getBytes()[length - 1] == '\r';
    String text = decoded(line.getBytes(), carriageReturn ? length - 1 : length);
    return offset == 0 ? withoutMark(text) : text;
  }

  /**
   * Text in UTF-8.
   *
   * @throws BadRecordException if it is not
   */
  public static String decoded(byte[] bytes, int length) throws BadRecordException {
    try {
      return Text.decode(bytes, 0, length, false);
    } catch (CharacterCodingException e) {
      throw new BadRecordException("is not in UTF-8");
    }
  }

  /** The text of a file without the byte-order mark that it may begin with. */
  public static String withoutMark(String text) {
    return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
  }

  /**
   * The first line of a file; empty if it has none.
   *
   * @throws UserException if it cannot be read
   */
  public static String first(Storage storage, Path path) throws IOException {
    try (Lines lines = new Lines(storage, path, 0, 1)) {
      return lines.advance() ? lines.text() : "";
    } catch (BadRecordException e) {
      throw UserException.cannot(
          "read " + path, "line 1 " + e.getMessage(), "correct it: a text in UTF-8 is wanted", e);
    }
  }

  /** The number, from 1, of the line that begins at some place of a file. */
  public static long number(Storage storage, Path path, long offset) throws IOException {
    long number = 1;
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = storage.open(path)) {
      for (long left = offset; left > 0; ) {
        int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
        for (int i = 0; i < read; i++) {
          number += buffer[i] == '\n' ? 1 : 0;
        }
        left = read < 0 ? 0 : left - read;
      }
    }
    return number;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
