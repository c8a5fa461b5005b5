package io.blockwise.model.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.EngineUnavailableException;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.SmallBlocks;
import io.blockwise.model.spec.Precision;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In processes of their own, since one loads the library once. */
class NativeFilesTest {
  private static final String NO_LIBRARY = "no library ".repeat(20);
  private static Path files;

  @TempDir private Path directory;

  @BeforeAll
  static void unpack() {
    Library.load();
    files = Path.of(Loader.getLoadedLibraries().get("torch_cpu")).getParent();
  }

  /** What the process says: one line a device. */
  public static void main(String[] devices) {
    for (String device : devices) {
      Device wanted = device.equals("cpu") ? Device.CPU : Device.gpu(Integer.parseInt(device));
      try (TorchEngine engine = new TorchEngine(wanted, Precision.FLOAT32);
          Signal signal = engine.signal(SmallBlocks.batch(2, 1))) {
        System.out.println(device + ": " + signal.rows() + " rows");
      } catch (EngineUnavailableException e) {
        System.out.println(device + ": " + e.getMessage());
      }
    }
  }

  @Test
  void aFileThatDoesNotLoadIsNamedAndAnotherOfItsNameIsNotTakenInstead() throws Exception {
    Path own = folder("");
    link(own, "libgomp.so.1", "libc10.so", "libtorch_cpu.so", "libjnitorch.so");
    Files.writeString(own.resolve("libtorch.so"), NO_LIBRARY);
    Path system = Files.createDirectory(directory.resolve("system"));
    Files.createSymbolicLink(system.resolve("libtorch.so"), files.resolve("libgomp.so.1"));
    assertThat(said("-Djava.library.path=" + system, "cpu"))
        .singleElement()
        .asString()
        .startsWith("cpu: Cannot use engine = torch: ")
        .containsOnlyOnce("/libtorch.so: ")
        .endsWith("; use another engine on other systems)");
  }

  @Test
  void withoutItsFilesForCudaTheBuildForItComputesOnTheCpuAndSaysWhatAGpuLacks() throws Exception {
    Path gpu = folder("-gpu");
    link(gpu, "libgomp.so.1", "libc10.so", "libtorch_cpu.so", "libtorch.so", "libjnitorch.so");
    Files.writeString(gpu.resolve("libtorch_cuda.so"), NO_LIBRARY);
    List<String> lines = said("-Xmx256m", "cpu", "0");
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).isEqualTo("cpu: 2 rows");
    assertThat(lines.get(1))
        .startsWith(
            "0: Cannot use engine = torch: there are no GPUs without its files for CUDA, and ")
        .containsOnlyOnce("/libtorch_cuda.so: ")
        .endsWith(" (install CUDA 13 with cuDNN 9)");
  }

  private Path folder(String extension) throws IOException {
    return Files.createDirectories(
        directory.resolve("org/bytedeco/pytorch/" + Loader.getPlatform() + extension));
  }

  private static void link(Path folder, String... names) throws IOException {
    for (String name : names) {
      Files.createSymbolicLink(folder.resolve(name), files.resolve(name));
    }
  }

  /** With the test's files in the place of those of the build. */
  private String classPath() {
    String others =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(jar -> !jar.matches(".*/pytorch-[^/]*-linux-x86_64[^/]*\\.jar"))
            .collect(Collectors.joining(File.pathSeparator));
    return directory + File.pathSeparator + others;
  }

  private List<String> said(String option, String... devices)
      throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                option,
                "-Dorg.bytedeco.javacpp.cachedir=" + directory.resolve("cache"),
                "-cp",
                classPath(),
                NativeFilesTest.class.getName()));
    command.addAll(List.of(devices));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor()).isZero();
    return Files.readAllLines(output);
  }
}
