package io.blockwise.job.compare;

import io.blockwise.base.UserException;
import java.io.IOException;
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
  /**
   * Refuses a file that cannot be written, before anything is done for it.
   *
   * @throws UserException if there is no such file, or it is read-only
   */
  void requireWritable() {
    if (!Files.isRegularFile(file) || !Files.isWritable(file)) {
      throw UserException.cannot(
          "use compare.into = " + file,
          "there is no such file that can be written",
          "give a Markdown file, which may be empty");
    }
  }

  /** Writes the section and its pictures. */
  void write(String content, Map<String, String> pictures) throws IOException {
    Path folder = Files.createDirectories(file.resolveSibling(name));
    for (Map.Entry<String, String> picture : pictures.entrySet()) {
      Files.writeString(folder.resolve(picture.getKey()), picture.getValue());
    }
    Files.writeString(file, replaced(Files.readString(file), content));
  }

  private String replaced(String text, String content) {
    String start = "<!-- compare " + name + ": written by the command, not by hand -->\n";
    String end = "<!-- end of compare " + name + " -->\n";
    String section = start + "\n" + content + "\n" + end;
    int from = text.indexOf(start);
    int to = text.indexOf(end, Math.max(0, from));
    if (from < 0 || to < 0) {
      return text + (text.isEmpty() || text.endsWith("\n") ? "" : "\n") + "\n" + section;
    }
    return text.substring(0, from) + section + text.substring(to + end.length());
  }
}
