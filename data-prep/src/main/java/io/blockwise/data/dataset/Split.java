package io.blockwise.data.dataset;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The three parts of a data set; no row is in two of them. */
public enum Split {
  /** What parameters are learned from. */
  @JsonProperty("train")
  TRAIN("train"),
  /** What epochs and settings are chosen by. */
  @JsonProperty("validation")
  VALIDATION("validation"),
  /** Read once, at the end. */
  @JsonProperty("test")
  TEST("test");

  private final String directory;

  Split(String directory) {
    this.directory = directory;
  }

  /** Name of the split's folder, and of the split wherever one is shown. */
  public String directory() {
    return directory;
  }

  @Override
  public String toString() {
    return directory;
  }
}
