package io.blockwise.data.source.folder;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/** Reads which image is of which class. */
final class TinyImageNetAnnotations {
  private TinyImageNetAnnotations() {}

  /**
   * Labels by the names of the images.
   *
   * @param file with a line for each image: its name, a tab, the id of its class, and what is not
   *     read
   * @param ids of the classes; a label is an index into them
   * @throws UserException that names the line, if it is something else or of another class
   */
  static SortedMap<String, Integer> read(Storage storage, Path file, List<String> ids)
      throws IOException {
    List<String> lines = new String(storage.bytes(file), StandardCharsets.UTF_8).lines().toList();
    SortedMap<String, Integer> labels = new TreeMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String[] fields = lines.get(i).strip().split("\t", 3);
      if (fields.length < 2) {
        throw wrong(file, i, "holds no name and class with a tab between");
      }
      int label = ids.indexOf(fields[1].strip());
      if (label < 0) {
        throw wrong(
            file, i, "names class " + fields[1].strip() + ", which wnids.txt does not list");
      }
      if (labels.put(fields[0].strip(), label) != null) {
        throw wrong(file, i, "names " + fields[0].strip() + " again");
      }
    }
    return labels;
  }

  private static UserException wrong(Path file, int line, String fact) {
    return UserException.cannot(
        "read " + file, "line " + (line + 1) + " " + fact, "get the data set again");
  }
}
