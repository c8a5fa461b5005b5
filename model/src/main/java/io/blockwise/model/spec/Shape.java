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

  /** The shape of so many sizes: one is a vector's, three are a map's. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Shape of(List<Integer> sizes) {
    return switch (sizes.size()) {
      case 1 -> vector(sizes.get(0));
      case 3 -> map(sizes.get(0), sizes.get(1), sizes.get(2));
      default -> throw invalid("shape", sizes, "must be [features] or [channels, height, width]");
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
}
