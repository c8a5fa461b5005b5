package io.blockwise.model.engine;

import static io.blockwise.base.Checks.requireAtLeast;

import java.io.Serializable;
import java.util.Objects;

/**
 * Where an engine computes. Immutable.
 *
 * @param index number of the GPU in its process, from 0; 0 for the CPU
 */
public record Device(Kind kind, int index) implements Serializable {
  /** The processor of the machine. */
  public static final Device CPU = new Device(Kind.CPU, 0);

  /** What computes. */
  public enum Kind {
    /** The machine's own processor. */
    CPU,
    /** A graphics processor that CUDA can reach. */
    GPU
  }

  public Device {
    Objects.requireNonNull(kind, "kind");
    requireAtLeast("device", index, 0);
  }

  /** The GPU with this number. */
  public static Device gpu(int index) {
    return new Device(Kind.GPU, index);
  }

  /** {@code cpu}, {@code gpu 0}. */
  @Override
  public String toString() {
    return kind == Kind.CPU ? "cpu" : "gpu " + index;
  }
}
