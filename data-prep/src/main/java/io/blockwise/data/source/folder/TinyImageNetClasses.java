package io.blockwise.data.source.folder;

import io.blockwise.base.FileNames;
import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;

/**
 * The classes of TinyImageNet in the order of {@code wnids.txt}, with names from {@code words.txt}.
 * Immutable.
 *
 * @param ids of WordNet, such as {@code n02124075}: names of the class folders
 * @param names the first word for each, with the id behind it where classes share a word
 */
record TinyImageNetClasses(List<String> ids, List<String> names) {
  static final String IDS = "wnids.txt";
  static final String WORDS = "words.txt";

  /**
   * Reads both files.
   *
   * @throws UserException if a class stands twice in one or is no name, or has no words in the
   *     other
   */
  static TinyImageNetClasses read(Storage storage, Path folder) throws IOException {
    List<String> ids =
        lines(storage, new Path(folder, IDS)).map(String::strip).filter(s -> !s.isEmpty()).toList();
    requireEachOnce(ids, new Path(folder, IDS));
    Map<String, String> words = new HashMap<>();
    lines(storage, new Path(folder, WORDS))
        .map(line -> line.split("\t", 2))
        .filter(entry -> entry.length == 2)
        .forEach(entry -> words.put(entry[0].strip(), entry[1].split(",", 2)[0].strip()));
    return new TinyImageNetClasses(ids, names(ids, words, new Path(folder, WORDS)));
  }

  private static List<String> names(List<String> ids, Map<String, String> words, Path file) {
    List<String> first = new ArrayList<>();
    for (String id : ids) {
      String word = words.getOrDefault(id, "");
      if (word.isEmpty()) {
        throw UserException.cannot(
            "read " + file, "it has no words for class " + id, "get the data set again");
      }
      first.add(word);
    }
    List<String> names = new ArrayList<>(first);
    for (int label = 0; label < names.size(); label++) {
      if (Collections.frequency(first, names.get(label)) > 1) {
        names.set(label, names.get(label) + " (" + ids.get(label) + ")");
      }
    }
    return names;
  }

  private static void requireEachOnce(List<String> ids, Path file) {
    HashSet<String> seen = new HashSet<>();
    for (String id : ids) {
      if (!FileNames.isPlain(id)) { // it is a folder's name, and must not lead elsewhere
        throw UserException.cannot(
            "read " + file,
            "it lists " + Printable.of(id) + ", which is no class id such as n01443537",
            "get the data set again");
      }
      if (!seen.add(id)) {
        throw UserException.cannot(
            "read " + file, "it lists class " + id + " twice", "get the data set again");
      }
    }
  }

  private static Stream<String> lines(Storage storage, Path file) throws IOException {
    return new String(storage.bytes(file), StandardCharsets.UTF_8).lines();
  }
}
