package io.blockwise.job.feed;

/**
 * The SplitMix64 generator (Steele, Lea and Flood 2014), seeded by a hash of several numbers.
 *
 * <p>Its own code rather than Java's, so that the same seed gives the same batches on every Java.
 * Used by one thread.
 */
final class SplitMix {
  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  private long state;

  SplitMix(long key) {
    this.state = key;
  }

  /** One number of three, each of which changes every bit of it with probability 1/2. */
  static long key(long a, long b, long c) {
    return mix(mix(mix(a + GAMMA) + b + GAMMA) + c + GAMMA);
  }

  /** A number in {@code [0, bound)}, for bounds up to 2^31 without noticeable bias. */
  int below(int bound) {
    return (int) ((next() >>> 32) * bound >>> 32);
  }

  private long next() {
    state += GAMMA;
    return mix(state);
  }

  private static long mix(long value) {
    long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
