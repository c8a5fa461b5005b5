package io.blockwise.job.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.job.config.DeviceName;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.model.engine.Device;
import io.blockwise.model.spec.Precision;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With the build that the tests run in, whose libraries are for the CPU only. */
class DeviceChoiceTest {
  private static final Optional<String> FIRST = Optional.of("0");

  @ParameterizedTest
  @CsvSource({"AUTO, ", "CPU, ", "CPU, 0"})
  void withoutADeviceOrAWishForOneItIsTheCpuWithoutAWord(DeviceName wanted, String address) {
    assertThat(choose(wanted, Optional.ofNullable(address))).isEqualTo(DeviceChoice.CPU);
  }

  @Test
  void deviceThatTheBuildCannotUseIsNamedAndTheCpuTaken() {
    DeviceChoice choice = choose(DeviceName.AUTO, FIRST);
    assertThat(choice.device()).isEqualTo(DeviceChoice.CPU.device());
    assertThat(choice.notice())
        .isEqualTo(
            "GPU 0 cannot be used: this build has ND4J for the CPU only; build it with -Pcuda;"
                + " training on the CPU");
  }

  @Test
  void theOtherEngineSaysHowItIsBuiltForAGpu() {
    assertThat(Engines.refusalOfGpu(EngineName.TORCH, Optional.empty()))
        .hasValue("this build has libtorch for the CPU only; build it with -Pcuda-torch");
    assertThatThrownBy(
            () ->
                Engines.create(
                    new EngineChoice(EngineName.TORCH, Precision.FLOAT32), Device.gpu(3)))
        .isInstanceOf(UserException.class)
        .hasMessage("Cannot use engine = torch: there is no gpu 3: libtorch sees 0 GPUs");
  }

  @Test
  void demandedDeviceThatCannotBeUsedIsRefused() {
    assertThatThrownBy(() -> choose(DeviceName.GPU, FIRST))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot train: GPU 0 cannot be used: ")
        .hasMessageEndingWith("(use another GPU or build, or set device = auto)");
    assertThatThrownBy(() -> choose(DeviceName.GPU, Optional.empty()))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot train on a GPU: Spark has assigned none to the worker (set"
                + " spark.executor.resource.gpu.amount and"
                + " spark.executor.resource.gpu.discoveryScript, and with a master spark:// its"
                + " workers' spark.worker.resource.gpu.amount and"
                + " spark.worker.resource.gpu.discoveryScript as well; bin/find-gpus is such a"
                + " script, or device = auto)");
  }

  @Test
  void addressThatIsNoNumberIsNamed() {
    assertThat(choose(DeviceName.AUTO, Optional.of("GPU-7f")).notice())
        .startsWith("GPU GPU-7f cannot be used: its address is no number");
  }

  /** A device that nothing is known against, and that fails when it is used. */
  @Test
  void deviceThatFailsWhenItIsTriedIsNamedAndTheCpuTaken() {
    String failure = "Cannot use engine = torch: there is no gpu 7: libtorch sees 1 GPUs";
    assertThat(DeviceChoice.tried(DeviceName.AUTO, "7", gpu -> Optional.of(failure)))
        .isEqualTo(
            new DeviceChoice(
                Device.CPU, "GPU 7 cannot be used: " + failure + "; training on the CPU"));
    assertThat(DeviceChoice.tried(DeviceName.AUTO, "7", gpu -> Optional.empty()))
        .isEqualTo(new DeviceChoice(Device.gpu(7), ""));
  }

  @Test
  void demandedDeviceIsNotTriedSinceItsOwnErrorSaysMore() {
    assertThat(DeviceChoice.tried(DeviceName.GPU, "7", gpu -> Optional.of("fails")))
        .isEqualTo(new DeviceChoice(Device.gpu(7), ""));
  }

  @Test
  void trialComputesOnTheDeviceAndKeepsItsAnswer() {
    EngineChoice torch = new EngineChoice(EngineName.TORCH, Precision.BFLOAT16);
    assertThat(EngineTrial.failure(torch, Device.CPU)).isEmpty();
    Optional<String> failure = EngineTrial.failure(torch, Device.gpu(2));
    assertThat(failure)
        .hasValue("Cannot use engine = torch: there is no gpu 2: libtorch sees 0 GPUs");
    assertThat(EngineTrial.failure(torch, Device.gpu(2))).isSameAs(failure);
  }

  private static DeviceChoice choose(DeviceName wanted, Optional<String> address) {
    return DeviceChoice.of(wanted, new EngineChoice(EngineName.DL4J, Precision.FLOAT32), address);
  }
}
