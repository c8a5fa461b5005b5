package io.blockwise.job.feed;

/** How training images are varied from epoch to epoch. */
public enum Augmentation {
  /** Not at all. */
  NONE,
  /** A crop from the image with a border of four black pixels; every other one is mirrored. */
  WEAK,
  /** As {@link #WEAK}, but never mirrored. */
  WEAK_UNFLIPPED;

  /** The same for images that no longer show their class when they are mirrored. */
  public Augmentation withoutFlips() {
    return this == WEAK ? WEAK_UNFLIPPED : this;
  }

  boolean crops() {
    return this != NONE;
  }

  boolean flips() {
    return this == WEAK;
  }
}
