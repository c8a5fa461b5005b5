package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.ComputeCapability;
import io.blockwise.model.engine.Device;
import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.nd4j.common.config.ND4JClassLoading;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Which of ND4J's libraries a process uses: that for the CPU, or that for CUDA where it is on the
 * class path. ND4J itself would take CUDA's whenever it finds a device, and fail on one that it has
 * no machine code for. It loads one library per process, so the first choice stands. Thread-safe.
 */
final class Backends {
  private static final String CUDA = "org.nd4j.linalg.jcublas.JCublasBackend";
  private static final String CPU = "org/nd4j/linalg/cpu/nativecpu/CpuBackend.class";
  private static final String SERVICES = "META-INF/services/org.nd4j.linalg.factory.Nd4jBackend";

  // nd4j-cuda-11.6 holds machine code for 3.7, 5.x, 6.x, 7.x, 8.x, and nothing to compile for
  // others.
  private static final ComputeCapability OLDEST = new ComputeCapability(3, 7);
  private static final ComputeCapability TOO_NEW = new ComputeCapability(9, 0);

  private static Device.Kind chosen;

  private Backends() {}

  /**
   * Why this engine cannot compute on a GPU. Loads no library.
   *
   * @param capability of the GPU, if it is known
   * @return empty if it can, as far as one can tell
   */
  static Optional<String> refusal(Optional<ComputeCapability> capability) {
    if (!ND4JClassLoading.classPresentOnClasspath(CUDA)) {
      return Optional.of("this build has ND4J for the CPU only; build it with -Pcuda");
    }
    return capability
        .filter(found -> found.compareTo(OLDEST) < 0 || found.compareTo(TOO_NEW) >= 0)
        .map(
            found ->
                "it has compute capability "
                    + found
                    + ", and ND4J's CUDA 11.6 serves "
                    + OLDEST
                    + " to 8.9");
  }

  /** Why the class path does not do: no library of ND4J for the CPU. Loads none. */
  static Optional<String> absence() {
    // ND4J's own search would log, which takes more than the launcher has on its class path
    return Backends.class.getClassLoader().getResource(CPU) != null
        ? Optional.empty()
        : Optional.of(
            "there is no ND4J for the CPU on the class path (add org.nd4j:nd4j-native, or use"
                + " another engine)");
  }

  /**
   * Settles the library of this process and the device of the calling thread.
   *
   * @throws IllegalStateException if the process has loaded the other library
   */
  static synchronized void use(Device device) {
    if (chosen == null) {
      if (device.kind() == Device.Kind.CPU) {
        ND4JClassLoading.setNd4jClassloader(new WithoutCuda(ND4JClassLoading.getNd4jClassloader()));
      }
      chosen = device.kind();
    } else if (chosen != device.kind()) {
      throw new IllegalStateException(
          "Cannot compute on " + device + ": this process has loaded ND4J for the " + chosen);
    }
    if (device.kind() == Device.Kind.GPU) {
      Nd4j.getAffinityManager().unsafeSetDevice(device.index());
    }
  }

  /** ND4J's version. */
  static String version() {
    try {
      return Loader.getVersion("org.nd4j", "nd4j-api", Nd4j.class);
    } catch (IOException e) {
      return "unknown";
    }
  }

  /** Hides the entry by which ND4J finds its library for CUDA. */
  private static final class WithoutCuda extends ClassLoader {
    WithoutCuda(ClassLoader parent) {
      super(parent);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      if (!name.equals(SERVICES)) {
        return super.getResources(name);
      }
      List<URL> all = Collections.list(super.getResources(name));
      all.removeIf(service -> service.toString().contains("nd4j-cuda"));
      return Collections.enumeration(all);
    }
  }
}
