package io.blockwise.model.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The model of a device, as its maker names it. */
final class DeviceModel {
  private DeviceModel() {}

  /** {@code NVIDIA H200}; the kind of processor where nothing more is known. */
  static String of(Device device) {
    return device.kind() == Device.Kind.GPU
        ? NvidiaDriver.ask("name", Integer.toString(device.index())).orElse("unknown")
        : processor().orElse(System.getProperty("os.arch"));
  }

  private static Optional<String> processor() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty(); // no Linux
    }
  }
}
