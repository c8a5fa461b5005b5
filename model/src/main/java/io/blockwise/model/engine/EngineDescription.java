package io.blockwise.model.engine;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What computes, and on what: for the record of a run. Immutable.
 *
 * @param engine its name in configurations
 * @param version of its library
 * @param device where it computes: {@code cpu}, {@code gpu 0}
 * @param deviceName model of the processor or graphics processor: {@code NVIDIA H200}
 * @param libraries versions of what its library uses, by name
 */
public record EngineDescription(
    String engine,
    String version,
    String device,
    String deviceName,
    SortedMap<String, String> libraries)
    implements Serializable {
  public EngineDescription {
    libraries = Collections.unmodifiableSortedMap(new TreeMap<>(libraries));
  }

  /** That of an engine, whose device is asked for its name. */
  public static EngineDescription of(
      Engine engine, String version, Device device, Map<String, String> libraries) {
    return new EngineDescription(
        engine.name(), version, device.toString(), model(device), new TreeMap<>(libraries));
  }

  /** As its maker names it; the kind of processor where nothing more is known. */
  private static String model(Device device) {
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

  /** That of a process which has computed nothing on the device yet. */
  public static EngineDescription none(Device device) {
    return new EngineDescription("none", "", device.toString(), "", new TreeMap<>());
  }

  /** {@code torch 2.10.0-1.5.13 on gpu 0 (NVIDIA H200), cuda 13.0, cudnn 9.14.0}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(engine).append(' ').append(version).append(" on ").append(device);
    text.append(" (").append(deviceName).append(')');
    libraries.forEach((name, its) -> text.append(", ").append(name).append(' ').append(its));
    return text.toString();
  }
}
