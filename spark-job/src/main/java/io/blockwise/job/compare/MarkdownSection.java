package io.blockwise.job.compare;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A section of a Markdown file that is written anew, while the rest of the file stays: it stands
 * between two comments that name it, or is added at the end. Immutable.
 *
 * @param file a local file
 * @param name of the section, and of the directory of its pictures beside the file
 */
record MarkdownSection(Path file, String name) {
  private static final String ANY_START = "<!-- compare ";

  /**
   * Refuses a file that cannot be written, before anything is done for it.
   *
   * @throws UserException if there is no such file, it is read-only, or where the section ends
   *     cannot be told
   */
  void requireWritable() throws IOException {
    if (!Files.isRegularFile(file) || !Files.isWritable(file)) {
      throw UserException.cannot(
          "use compare.into = " + file,
          "there is no such file that can be written",
          "give a Markdown file, which may be empty");
    }
    replaced(Files.readString(file), "");
  }

  /**
   * Writes the section and its pictures; each file holds the old content or the new one at any
   * moment.
   *
   * @throws UserException if where the section ends cannot be told any more
   */
  void write(Storage storage, String content, Map<String, String> pictures) throws IOException {
    String text = replaced(Files.readString(file), content);
    Path folder = Files.createDirectories(file.resolveSibling(name));
    for (Map.Entry<String, String> picture : pictures.entrySet()) {
      write(storage, folder.resolve(picture.getKey()), picture.getValue());
    }
    write(storage, file, text);
  }

  /** What a link leads to is replaced, not the link. */
  private static void write(Storage storage, Path file, String text) throws IOException {
    Path real = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    storage.write(
        new org.apache.hadoop.fs.Path(real.toUri()), text.getBytes(StandardCharsets.UTF_8));
  }

  private String replaced(String text, String content) {
    String start = ANY_START + name + ": written by the command, not by hand -->\n";
    String end = "<!-- end of compare " + name + " -->\n";
    String section = start + "\n" + content + "\n" + end;
    int from = text.indexOf(start);
    if (from < 0) {
      return text + (text.isEmpty() || text.endsWith("\n") ? "" : "\n") + "\n" + section;
    }
    int to = text.indexOf(end, from);
    int next = text.indexOf(ANY_START, from + start.length());
    if (to < 0 || next >= 0 && next < to) {
      throw UserException.cannot(
          "write section " + name + " of " + file,
          "its last line " + end.strip() + " is not there any more",
          "put that line behind the section, or remove the section with its first line");
    }
    return text.substring(0, from) + section + text.substring(to + end.length());
  }
}
