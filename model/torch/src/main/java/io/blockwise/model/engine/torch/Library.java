package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.ComputeCapability;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.EngineUnavailableException;
import java.io.IOException;
import java.net.URL;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;

/** Loads libtorch, once in a process, or says in one line why it cannot. Thread-safe. */
final class Library {
  private static final String CLASSES = "org/bytedeco/pytorch/";
  private static final String GPU = "-gpu";

  // CUDA 13 compiles for Turing and later.
  private static final ComputeCapability OLDEST = new ComputeCapability(7, 5);

  private static final String CUDA = "CUDA 13 with cuDNN 9";

  private static boolean loaded;
  private static Optional<String> failureOfCuda = Optional.empty();

  private Library() {}

  /**
   * Why this engine cannot compute on a GPU. Loads no library.
   *
   * @param capability of the GPU, if it is known
   * @return empty if it can, as far as one can tell
   */
  static Optional<String> refusal(Optional<ComputeCapability> capability) {
    if (folder(GPU) == null) {
      return Optional.of("this build has libtorch for the CPU only; build it with -Pcuda-torch");
    }
    return capability
        .filter(found -> found.compareTo(OLDEST) < 0)
        .map(
            found ->
                "it has compute capability "
                    + found
                    + ", and libtorch's CUDA 13 serves "
                    + OLDEST
                    + " and later");
  }

  /** Why the class path does not do: no build of the library's files, or two. Loads nothing. */
  static Optional<String> absence() {
    if (folder("") != null && folder(GPU) != null) {
      return Optional.of(
          "the libraries for the CPU and for CUDA are both on the class path, which would be mixed"
              + " (leave out the one whose jar ends in "
              + Loader.getPlatform()
              + ".jar)");
    }
    if (folder("") == null && folder(GPU) == null) {
      return Optional.of(
          "there is no libtorch for "
              + Loader.getPlatform()
              + " on the class path (add org.bytedeco:pytorch with that classifier, or use another"
              + " engine)");
    }
    return Optional.empty();
  }

  /**
   * Loads the library, unless that has been done.
   *
   * @throws EngineUnavailableException if that is not possible
   */
  static synchronized void load() {
    if (loaded) {
      return;
    }
    absence().ifPresent(Library::refuse);
    String platform = folder(GPU) != null ? GPU : "";
    try {
      failureOfCuda =
          NativeFiles.load(CLASSES + Loader.getPlatform() + platform).map(Library::pathOnce);
      Loader.load(torch.class);
      torch.set_num_interop_threads(1);
      loaded = true;
    } catch (IOException e) {
      throw unavailable(
          "its files cannot be written: "
              + e.getMessage()
              + " (set the system property org.bytedeco.javacpp.cachedir to a folder with 500 MB free)",
          e);
    } catch (LinkageError e) {
      throw unavailable(
          firstLine(e)
              + " (it needs "
              + SystemNeeds.TEXT
              + ", and its build for CUDA an installed "
              + CUDA
              + "; use another engine on other systems)",
          e);
    }
  }

  private static URL folder(String extension) {
    return Library.class
        .getClassLoader()
        .getResource(CLASSES + Loader.getPlatform() + extension + "/libjnitorch.so");
  }

  /**
   * Refuses a device that this process does not have.
   *
   * @throws EngineUnavailableException if there is no such device
   */
  static synchronized void requireDevice(Device device) {
    if (device.kind() == Device.Kind.GPU) {
      failureOfCuda.ifPresent(Library::refuseGpus);
      long count = torch.getNumGPUs();
      if (device.index() >= count) {
        throw unavailable("there is no " + device + ": libtorch sees " + count + " GPUs", null);
      }
    }
  }

  /** The presets' version, which begins with libtorch's: {@code 2.10.0-1.5.13}. */
  static String version() {
    return versionOf("pytorch");
  }

  /** Versions of what the device's computations use beside it. */
  static Map<String, String> versions(Device device) {
    if (device.kind() == Device.Kind.CPU) {
      return Map.of("openblas", versionOf("openblas"));
    }
    long cuda = Context.versionCUDART();
    long cudnn = Context.versionRuntimeCuDNN();
    return Map.of(
        "cuda", cuda / 1000 + "." + cuda % 1000 / 10,
        "cudnn", cudnn / 10_000 + "." + cudnn % 10_000 / 100 + "." + cudnn % 100);
  }

  private static String versionOf(String artifact) {
    try {
      return Loader.getVersion("org.bytedeco", artifact, torch.class);
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static void refuseGpus(String failure) {
    throw unavailable(
        "there are no GPUs without its files for CUDA, and " + failure + " (install " + CUDA + ")",
        null);
  }

  private static void refuse(String refusal) {
    throw unavailable(refusal, null);
  }

  private static EngineUnavailableException unavailable(String refusal, Throwable cause) {
    return EngineUnavailableException.of(TorchProvider.NAME, refusal, cause);
  }

  private static String firstLine(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return pathOnce(String.valueOf(root.getMessage()).lines().findFirst().orElse(root.toString()));
  }

  /** Java puts a file's path before what the linker says, which may begin with it. */
  private static String pathOnce(String message) {
    return message.replaceFirst("^(\\S+: )\\1", "$1");
  }
}
