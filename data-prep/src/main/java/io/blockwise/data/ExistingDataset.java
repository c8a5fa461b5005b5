package io.blockwise.data;

import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Ancestor;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.ListedFile;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.SplitContent;
import io.blockwise.data.source.RawPart;
import io.blockwise.data.source.RawRows;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Compares a data set that is there with what was asked for, so that the two are never mixed. */
final class ExistingDataset {
  /** It was not listed in manifests of before; their names of classes tell as much. */
  private static final String CLASSES = "classes.txt";

  private static final String REMEDY = "delete it, or choose another data.name";

  private final Dataset dataset;

  ExistingDataset(Dataset dataset) {
    this.dataset = dataset;
  }

  /** Refuses other options. */
  void requireOptions(Map<String, String> wanted) {
    difference(dataset.manifest(), wanted, key -> true)
        .ifPresent(
            fact -> {
              throw differs(fact);
            });
  }

  /**
   * The first option that is another one now.
   *
   * @param counts whether an option matters, by its key
   */
  static Optional<String> difference(
      Manifest manifest, Map<String, String> wanted, Predicate<String> counts) {
    TreeSet<String> keys = new TreeSet<>(wanted.keySet());
    keys.addAll(manifest.options().keySet());
    return keys.stream()
        .filter(counts)
        .filter(key -> !Objects.equals(manifest.options().get(key), wanted.get(key)))
        .findFirst()
        .map(
            key ->
                key
                    + " is "
                    + manifest.options().getOrDefault(key, "not set")
                    + " there, but "
                    + wanted.getOrDefault(key, "not set")
                    + " now");
  }

  /** Refuses one whose rows were appended to another data set, or to none. */
  void requireLine(List<Ancestor> wanted) {
    List<Ancestor> found = dataset.manifest().ancestors();
    if (!found.equals(wanted)) {
      throw differs(
          "it was appended to "
              + names(found)
              + ", but data.append-to is "
              + names(wanted)
              + " now");
    }
  }

  private static String names(List<Ancestor> line) {
    return line.isEmpty()
        ? "none"
        : line.stream().map(Ancestor::name).collect(Collectors.joining(", "));
  }

  /** Refuses one of which more images were left out than may be. */
  void requireSkipped(double share) {
    long skipped = dataset.manifest().skipped();
    long rows = dataset.manifest().splits().values().stream().mapToLong(SplitContent::rows).sum();
    if (skipped > share * (rows + skipped)) {
      throw differs(
          skipped
              + " of "
              + (rows + skipped)
              + " images were left out, more than data.skip-bad = "
              + share);
    }
  }

  /**
   * Refuses raw files that differ from those it was made from, by name or length, and other names
   * of classes as far as they are known before rows are read.
   */
  void requireRaw(RawRows raw) {
    List<ListedFile> recorded = dataset.manifest().raw();
    List<RawPart> found = raw.parts();
    if (recorded.stream().noneMatch(file -> file.name().equals(CLASSES))) {
      found = found.stream().filter(part -> !part.name().equals(CLASSES)).toList();
    }
    if (recorded.size() != found.size()) {
      throw differs(
          "it was made from " + recorded.size() + " raw files, but there are " + found.size());
    }
    for (int i = 0; i < found.size(); i++) {
      ListedFile then = recorded.get(i);
      RawPart now = found.get(i);
      if (!now.resembles(then)) {
        throw differs(
            String.format(
                "it was made from %s of %d bytes, but now there is %s of %d bytes",
                then.name(), then.bytes(), now.name(), now.bytes()));
      }
    }
    requireClasses(raw.classes());
  }

  private void requireClasses(List<String> found) {
    List<String> recorded = dataset.manifest().classes();
    if (!found.isEmpty() && !found.equals(recorded)) {
      throw differs(
          "its classes are "
              + Printable.of(String.join(", ", recorded))
              + ", but now they are "
              + Printable.of(String.join(", ", found)));
    }
  }

  private UserException differs(String fact) {
    return UserException.cannot("use data set " + dataset.directory(), fact, REMEDY);
  }
}
