package io.blockwise.testing;

import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * The seed of a test run: another one each time, so that runs try more and more, or the one of
 * {@code -Dtests.seed=N}. A test that fails says which one it had.
 *
 * <pre>
 *   {@literal @}RegisterExtension static final RandomSeed SEED = new RandomSeed();
 *   ...
 *   Random random = SEED.random();
 * </pre>
 *
 * <p>What a test asserts has to hold for every seed. A test whose expected numbers come from one
 * seed names that seed itself. Thread-safe.
 */
public final class RandomSeed implements TestWatcher {
  /** The property that repeats a test run. */
  static final String PROPERTY = "tests.seed";

  private static final long OF_THIS_RUN =
      chosen(System.getProperty(PROPERTY), new Random().nextInt(Integer.MAX_VALUE));

  private final long seed;

  /** The seed of this test run. */
  public RandomSeed() {
    this(OF_THIS_RUN);
  }

  RandomSeed(long seed) {
    this.seed = seed;
  }

  static long chosen(String property, long fresh) {
    if (property == null || property.isEmpty()) {
      return fresh;
    }
    try {
      return Long.parseLong(property);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Invalid " + PROPERTY + ": " + property + " (must be a whole number)", e);
    }
  }

  /** Random numbers that begin anew with every call. */
  public Random random() {
    return random(0);
  }

  /** The same, other ones for every stream: one for each thread, for example. */
  public Random random(long stream) {
    return new Random(of(stream));
  }

  /** A seed for something else that takes one; another for every stream. */
  public long of(long stream) {
    return new SplittableRandom(new SplittableRandom(seed).nextLong() + stream).nextLong();
  }

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    System.err.println(toRepeat(context.getRequiredTestClass().getSimpleName()));
  }

  String toRepeat(String test) {
    return "Random numbers of " + test + ": repeat them with -D" + PROPERTY + "=" + seed;
  }
}
