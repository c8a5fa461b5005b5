package io.blockwise.job.config;

/** Where workers compute. */
public enum DeviceName {
  /** On a GPU where Spark assigns one that the engine can use, else on the CPU. */
  AUTO,
  /** On the CPU. */
  CPU,
  /** On a GPU or not at all. */
  GPU
}
