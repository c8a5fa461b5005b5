package io.blockwise.base;

/**
 * The SplitMix64 generator (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
 * generators").
 *
 * <p>Own code, because data sets, batches and first parameters must not change with the Java
 * version. Used by one thread; the static methods are thread-safe.
 */
public final class SplitMix {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long state;

  /** The generator of a key, such as {@link #combine} and {@link #key} make. */
  public SplitMix(long key) {
    state = key;
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

  /** A hash of three numbers, each of which changes every bit of it with probability 1/2. */
  public static long key(long first, long second, long third) {
    return mix(mix(mix(first + GOLDEN) + second + GOLDEN) + third + GOLDEN);
  }

  /** Another generator of the same numbers from here on. */
  public SplitMix copy() {
    return new SplitMix(state);
  }

  /** 64 random bits. */
  public long bits() {
    state += GOLDEN;
    return mix(state);
  }

  /** Uniform in {@code [0, bound)}, for bounds up to 2^31 without noticeable bias. */
  public int below(int bound) {
    return (int) ((bits() >>> 32) * bound >>> 32);
  }

  /** Uniform in {@code [least, most)}. */
  public double between(double least, double most) {
    return least + (most - least) * ((bits() >>> 11) * 0x1.0p-53);
  }

  /** Normal with mean 0 and standard deviation 1 (Box and Muller 1958), of two draws. */
  public double normal() {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - between(0, 1)));
    return radius * StrictMath.cos(2 * Math.PI * between(0, 1));
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
