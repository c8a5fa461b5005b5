package io.blockwise.data.source.text;

import io.blockwise.base.Printable;
import java.io.Serializable;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The labels of a table, and the classes that they stand for. Immutable.
 *
 * @param ids class ids from 0 by label as it stands in the file
 * @param names of the classes
 * @param rule which labels there are, for messages
 */
record Labels(Map<String, Integer> ids, List<String> names, String rule) implements Serializable {
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");
  private static final int SHOWN = 10;

  Labels {
    ids = Map.copyOf(ids);
    names = List.copyOf(names);
  }

  /** Of names in the order of labels that are numbers from 1. */
  static Labels numbered(List<String> names) {
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < names.size(); id++) {
      ids.put(Integer.toString(id + 1), id);
    }
    return new Labels(ids, names, "and classes.txt names 1 to " + names.size());
  }

  /** Of the labels themselves: by size if all are whole numbers, else by their characters. */
  static Labels of(Set<String> labels) {
    boolean numbers = labels.stream().allMatch(Labels::isNumber);
    Comparator<String> order = Comparator.naturalOrder();
    List<String> names =
        labels.stream()
            .sorted(numbers ? Comparator.comparing(Long::valueOf, Long::compare) : order)
            .toList();
    Map<String, Integer> ids = new HashMap<>();
    names.forEach(name -> ids.put(name, ids.size()));
    String first = names.stream().limit(SHOWN).collect(Collectors.joining(", "));
    return new Labels(
        ids,
        names,
        "and train has " + Printable.of(first) + (names.size() > SHOWN ? " and more" : ""));
  }

  /** Whether a label is a whole number. */
  static boolean isNumber(String label) {
    return NUMBER.matcher(label).matches();
  }

  /** Class id of a label; below 0 if there is none. */
  int id(String label) {
    return ids.getOrDefault(label, -1);
  }
}
