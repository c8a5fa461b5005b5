package io.blockwise.job.training;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.Optional;

/**
 * What is known of the program itself. Immutable.
 *
 * @param version of Blockwise; {@code unpackaged} outside a jar
 * @param commit of the sources that it was built from, with {@code -modified} behind it if they
 *     differed from it; {@code unknown} where the build was not told
 */
record Build(String version, String commit) {
  /** Attribute of the jar's manifest. */
  static final String COMMIT = "Blockwise-Commit";

  /** Of the program that runs. */
  static Build present() {
    return of(Build.class);
  }

  /** Of the jar that a class comes from. */
  static Build of(Class<?> type) {
    String version = type.getPackage().getImplementationVersion();
    return new Build(
        version == null ? "unpackaged" : version,
        commit(type.getResource(type.getSimpleName() + ".class")).orElse("unknown"));
  }

  /** The commit in the manifest of the jar that holds a file. */
  static Optional<String> commit(URL file) {
    try {
      if (file != null && file.openConnection() instanceof JarURLConnection jar) {
        jar.setUseCaches(false);
        return Optional.ofNullable(jar.getMainAttributes())
            .map(attributes -> attributes.getValue(COMMIT));
      }
    } catch (IOException e) {
      return Optional.empty(); // no reason to lose a trained model
    }
    return Optional.empty();
  }
}
