package io.blockwise.data.random;

/**
 * SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators"). Own
 * code because data sets must not change with the Java version. Used by one thread; the static
 * methods are thread-safe.
 */
public final class SplitMix {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long state;

  /** A generator of its own for each pair of numbers. */
  public SplitMix(long seed, long stream) {
    state = combine(seed, stream);
  }

  /** Spreads a number over all 64 bits; a bijection. */
  public static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A hash of two numbers; not symmetric. */
  public static long combine(long first, long second) {
    return mix(mix(first + GOLDEN) ^ (second * GOLDEN + 1));
  }

  /** 64 random bits. */
  public long bits() {
    state += GOLDEN;
    return mix(state);
  }

  /** Uniform in {@code [least, most)}. */
  public double between(double least, double most) {
    return least + (most - least) * ((bits() >>> 11) * 0x1.0p-53);
  }

  /**
   * Roughly normal with mean 0 and standard deviation 1: the eight bytes of one draw, summed.
   * Within 5 of 0.
   */
  public double bell() {
    long bits = bits();
    int sum = 0;
    for (int i = 0; i < 8; i++) {
      sum += (int) (bits >>> (8 * i)) & 0xFF;
    }
    // Eight uniform values 0..255: mean 8 * 127.5, variance 8 * (256^2 - 1) / 12.
    return (sum - 1020) / 209.02;
  }
}
