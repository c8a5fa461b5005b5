package io.blockwise.model.spec;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.Serializable;
import java.util.List;

/**
 * Shape of one example (without the batch). In files and messages it is the list of its sizes, each
 * at least 1. Immutable.
 */
public sealed interface Shape extends Serializable {
  /** Sizes, first the slowest. */
  @JsonValue
  List<Integer> sizes();

  /** Values at one position: the channels of a map, all features of a vector. */
  int channels();

  /** Values per example. */
  int elements();

  /**
   * The shape of so many sizes: one is a vector's, two are those of tokens, three a map's. A
   * sequence has two as well, but is never what a network reads.
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Shape of(List<Integer> sizes) {
    return switch (sizes.size()) {
      case 1 -> vector(sizes.get(0));
      case 2 -> tokens(sizes.get(0), sizes.get(1));
      case 3 -> map(sizes.get(0), sizes.get(1), sizes.get(2));
      default ->
          throw invalid(
              "shape",
              sizes,
              "must be [features], [positions, vocabulary] or [channels, height, width]");
    };
  }

  /** A map of {@code channels} planes. */
  static FeatureMap map(int channels, int height, int width) {
    return new FeatureMap(channels, height, width);
  }

  /** A vector. */
  static Vector vector(int features) {
    return new Vector(features);
  }

  /** A vector at each of as many positions as a row has, at most {@code positions}. */
  static Sequence sequence(int positions, int features) {
    return new Sequence(positions, features, false);
  }

  /** Texts of at most {@code positions} tokens. */
  static Tokens tokens(int positions, int vocabulary) {
    return new Tokens(positions, vocabulary);
  }

  /**
   * This shape, which has to be a sequence.
   *
   * @param reader what reads it, for the message: {@code lstm}
   * @throws io.blockwise.base.InvalidValueException if it is not
   */
  default Sequence requireSequence(String reader) {
    if (this instanceof Sequence sequence) {
      return sequence;
    }
    throw invalid(reader + " input", this, "must be a sequence [positions, features]");
  }

  /**
   * This shape, which has to be a map.
   *
   * @param reader what reads it, for the message: {@code convolution}
   * @throws io.blockwise.base.InvalidValueException if it is not
   */
  default FeatureMap requireMap(String reader) {
    if (this instanceof FeatureMap map) {
      return map;
    }
    throw invalid(reader + " input", this, "must be a map [channels, height, width]");
  }

  /** Positions with the same channels each, {@code [channels, height, width]}. Immutable. */
  record FeatureMap(int channels, int height, int width) implements Shape {
    public FeatureMap {
      requireAtLeast("shape", channels, 1);
      requireAtLeast("shape", height, 1);
      requireAtLeast("shape", width, 1);
    }

    @Override
    public List<Integer> sizes() {
      return List.of(channels, height, width);
    }

    @Override
    public int elements() {
      return channels * height * width;
    }

    @Override
    public String toString() {
      return sizes().toString();
    }
  }

  /** {@code [features]}. Immutable. */
  record Vector(int features) implements Shape {
    public Vector {
      requireAtLeast("shape", features, 1);
    }

    @Override
    public List<Integer> sizes() {
      return List.of(features);
    }

    @Override
    public int channels() {
      return features;
    }

    @Override
    public int elements() {
      return features;
    }

    @Override
    public String toString() {
      return sizes().toString();
    }
  }

  /**
   * Vectors at positions: of every row as many as it is long, in a batch with padding behind up to
   * the longest. Immutable.
   *
   * @param positions of the longest row there may be
   * @param features at each
   * @param directions whether their first half is of what was read forward, and the second backward
   */
  record Sequence(int positions, int features, boolean directions) implements Shape {
    public Sequence {
      requireAtLeast("shape", positions, 1);
      requireAtLeast("shape", features, 1);
    }

    @Override
    public List<Integer> sizes() {
      return List.of(positions, features);
    }

    @Override
    public int channels() {
      return features;
    }

    @Override
    public int elements() {
      return positions * features;
    }

    @Override
    public String toString() {
      return sizes().toString();
    }
  }

  /**
   * Ids of tokens, as many as a text has. Immutable.
   *
   * @param positions of the longest text there may be
   * @param vocabulary ids there are, from 0, which is padding
   */
  record Tokens(int positions, int vocabulary) implements Shape {
    private static final int LEAST_VOCABULARY = 3;

    public Tokens {
      requireAtLeast("shape", positions, 1);
      requireAtLeast("vocabulary", vocabulary, LEAST_VOCABULARY);
    }

    @Override
    public List<Integer> sizes() {
      return List.of(positions, vocabulary);
    }

    @Override
    public int channels() {
      return 1;
    }

    @Override
    public int elements() {
      return positions;
    }

    @Override
    public String toString() {
      return sizes().toString();
    }
  }
}
