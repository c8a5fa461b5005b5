package io.blockwise.base.files;

import io.blockwise.base.UserException;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;

/** Recognises that there is no room, whatever it is wrapped in. Thread-safe. */
public final class FullDisk {
  private static final Pattern SIGN =
      Pattern.compile("(?:(/[^\\s:]+)[^:]{0,80}: )?(No space left on device|Disk quota exceeded)");

  private FullDisk() {}

  /**
   * What the system says of it: {@code No space left on device}, with the file behind it if one is
   * named.
   *
   * @return empty if the failure is another one
   */
  public static Optional<String> fact(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .flatMap(cause -> Stream.concat(Stream.of(cause), Stream.of(cause.getSuppressed())))
        .map(cause -> SIGN.matcher(String.valueOf(cause.getMessage())))
        .filter(Matcher::find)
        .map(FullDisk::fact)
        // The longest is the one that names a file.
        .reduce((a, b) -> b.length() > a.length() ? b : a);
  }

  private static String fact(Matcher sign) {
    return sign.group(1) == null ? sign.group(2) : sign.group(2) + " for " + sign.group(1);
  }

  /**
   * The exception to throw for one that came while {@code file} was written.
   *
   * @param failure an {@link IOException}, or the error that Hadoop makes of one on local files
   * @throws UserException if there is no room
   */
  static IOException translated(Throwable failure, Path file) {
    Optional<String> fact = fact(failure);
    if (fact.isPresent()) {
      throw UserException.cannot(
          "write to " + file.getParent(),
          fact.get(),
          "free some there, or choose an output with more room",
          failure);
    }
    if (failure instanceof FSError && failure.getCause() instanceof IOException cause) {
      return cause;
    }
    return failure instanceof IOException e ? e : new IOException(failure);
  }
}
