package io.blockwise.data;

import io.blockwise.base.UserException;
import io.blockwise.data.source.BadFile;
import io.blockwise.data.source.RawRows;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;

/** What was found to be unreadable in a folder of images, and how it is told. Immutable. */
final class BadFiles {
  private static final int SHOWN = 20;

  private final List<BadFile> bad;
  private final long files;

  /**
   * @param found with the files that nobody tried to read
   * @param unread that were tried in vain
   */
  BadFiles(RawRows found, List<BadFile> unread) {
    this.bad =
        Stream.concat(found.bad().stream(), unread.stream())
            .sorted(Comparator.comparing(BadFile::name))
            .toList();
    this.files = found.count() + found.bad().size();
  }

  /** What was passed over, in one line: it is no image, so nothing is amiss. */
  static Optional<String> passedOver(RawRows found) {
    String counts =
        found.passedOver().entrySet().stream()
            .map(entry -> entry.getValue() + " " + entry.getKey())
            .collect(Collectors.joining(", "));
    return counts.isEmpty() ? Optional.empty() : Optional.of("Passed over: " + counts);
  }

  /**
   * Refuses more than a share of all images.
   *
   * @throws UserException that names them, the first of many
   */
  void require(double share, Path folder) {
    if (bad.size() > share * files) {
      double least = Math.ceil(1000.0 * bad.size() / files) / 1000;
      throw UserException.cannot(
          "use " + amount() + " images in " + folder,
          names(),
          String.format(
              Locale.ROOT,
              "repair them, move them out of the folder, or leave out up to that share: data.skip-bad"
                  + " = %s",
              least));
    }
  }

  /** That some are left out, in one line. */
  Optional<String> leftOut() {
    return bad.isEmpty()
        ? Optional.empty()
        : Optional.of("Left out " + amount() + " images: " + names());
  }

  private String amount() {
    return bad.size() + " of " + files;
  }

  private String names() {
    String first =
        bad.stream().limit(SHOWN).map(BadFile::toString).collect(Collectors.joining(", "));
    return bad.size() > SHOWN ? first + " and " + (bad.size() - SHOWN) + " more" : first;
  }
}
