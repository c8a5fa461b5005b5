package io.blockwise.model.bench;

import io.blockwise.model.engine.Device;

/**
 * What is measured on: {@code -Dbench.device=0} among the options of the Java machine ({@code
 * -Dbench.jvm}) for the first GPU, the CPU without the property.
 */
final class Devices {
  private Devices() {}

  static Device chosen() {
    String text = System.getProperty("bench.device", "cpu");
    return text.equals("cpu") ? Device.CPU : Device.gpu(Integer.parseInt(text));
  }
}
