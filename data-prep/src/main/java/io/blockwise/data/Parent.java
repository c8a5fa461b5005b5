package io.blockwise.data;

import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Ancestor;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.ListedFile;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.source.RawRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The data set that rows are appended to: what a child takes over from it, and what it must not
 * have again. Used by one thread.
 */
final class Parent {
  /** Files of names, which a child needs as much as its parent. */
  private static final Set<String> WITHOUT_ROWS = Set.of("classes.txt");

  /** Shards of few new rows are fewer. */
  private static final String MAY_DIFFER = "data.shards.";

  private final Configuration conf;
  private final Dataset dataset;

  private Parent(Configuration conf, Dataset dataset) {
    this.conf = conf;
    this.dataset = dataset;
  }

  /**
   * That of the options, if they name one.
   *
   * @throws UserException if it is no complete data set
   */
  static Optional<Parent> of(Configuration conf, PrepareOptions options) {
    return options.parent().map(directory -> new Parent(conf, Dataset.open(conf, directory)));
  }

  /** Where it lies. */
  Dataset dataset() {
    return dataset;
  }

  /** Itself and those before it, the nearest first. */
  List<Ancestor> line() {
    List<Ancestor> line = new ArrayList<>();
    line.add(new Ancestor(dataset.directory().getName(), dataset.fingerprint()));
    line.addAll(dataset.manifest().ancestors());
    return line;
  }

  /** Refuses options with which new rows would be read in another way than its own were. */
  void requireOptions(Map<String, String> wanted) {
    ExistingDataset.difference(dataset.manifest(), wanted, key -> !key.startsWith(MAY_DIFFER))
        .ifPresent(
            fact -> {
              throw cannot(fact, "set it to what it is there");
            });
  }

  /**
   * New rows with the parent's classes.
   *
   * @throws UserException if they have a class that it does not have
   */
  RawRows inItsClasses(RawRows raw) {
    List<String> classes = dataset.manifest().classes();
    for (String name : raw.classes()) {
      if (!classes.contains(name)) {
        throw cannot(
            "the new rows have class "
                + Printable.of(name)
                + ", which is none of its "
                + classes.size()
                + " classes",
            "prepare a data set of its own with all classes, and train anew");
      }
    }
    return raw.classes().isEmpty() ? raw : raw.inClasses(classes);
  }

  /**
   * Refuses raw files that it, or one before it, was made from: their rows would count twice, and
   * might be trained on here and tested there.
   */
  void requireNew(List<ListedFile> files) {
    Set<String> sums =
        files.stream()
            .filter(file -> !WITHOUT_ROWS.contains(file.name()))
            .map(ListedFile::sha256)
            .collect(Collectors.toSet());
    for (Ancestor ancestor : line()) {
      Manifest manifest = open(ancestor).manifest();
      for (ListedFile known : manifest.raw()) {
        if (sums.contains(known.sha256())) {
          throw cannot(
              "raw file " + known.name() + " is in data set " + ancestor.name() + " already",
              "let data.path name a folder with the new files only");
        }
      }
    }
  }

  private Dataset open(Ancestor ancestor) {
    Path siblings = dataset.directory().getParent();
    Dataset found = Dataset.open(conf, new Path(siblings, ancestor.name()));
    if (!found.fingerprint().equals(ancestor.sha256())) {
      throw cannot(
          "data set " + ancestor.name() + " is not what it was when rows were appended to it",
          "prepare " + dataset.directory().getName() + " again");
    }
    return found;
  }

  private UserException cannot(String fact, String remedy) {
    return UserException.cannot("append to data set " + dataset.directory(), fact, remedy);
  }
}
