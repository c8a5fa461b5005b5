package io.blockwise.model.engine;

import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Precision;
import java.util.Optional;

/**
 * Offers one engine. Found by {@link java.util.ServiceLoader}: a jar that holds an engine names its
 * provider, a public class with a public constructor without arguments, in {@code
 * META-INF/services/io.blockwise.model.engine.EngineProvider}.
 *
 * <p>A refusal is the rest of a sentence that begins with {@code Cannot use engine = NAME:}, with
 * what to do in brackets; empty if there is nothing against it. Only {@link #create} loads the
 * native library. Thread-safe.
 */
public interface EngineProvider {
  /** Name in configurations: {@code torch}; lower-case letters, digits and hyphens. */
  String name();

  /** Version of its numerical library. */
  String version();

  /** Why this machine cannot load the library, as far as that shows without loading it. */
  Optional<String> refusal();

  /** Why the engine cannot train a network: a layer, loss or head it lacks, or the precision. */
  Optional<String> refusal(NetworkSpec network, Precision precision);

  /**
   * Why the engine cannot compute on a GPU of this process; no sentence begins it.
   *
   * @param capability of the GPU, if it is known
   */
  Optional<String> refusalOfGpu(Optional<ComputeCapability> capability);

  /** Whether a process that has computed on one kind of device can still turn to another. */
  boolean canChangeDevice();

  /**
   * Loads the library, unless that has been done, and makes an engine for the calling thread.
   *
   * @throws EngineUnavailableException if the library cannot be used here, or there is no such
   *     device
   */
  Engine create(Device device, Precision precision);
}
