package io.blockwise.model.engine;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

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
        engine.name(),
        version,
        device.toString(),
        DeviceModel.of(device),
        new TreeMap<>(libraries));
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
