package io.blockwise.model.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.EngineUnavailableException;
import io.blockwise.model.spec.Precision;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** libtorch's switches can be set without a GPU; only one would obey them. */
class Float32ProductsTest {
  private static final Device GPU = Device.gpu(0);

  @BeforeAll
  static void load() {
    Library.load();
  }

  @Test
  void onlyTf32SwitchesItOnForConvolutionsAndProductsOfMatrices() {
    for (Precision precision : Precision.values()) {
      boolean tf32 = precision == Precision.TF32;
      try (Float32Products products = Float32Products.of(GPU, precision)) {
        assertThat(products).isNotNull();
        assertThat(torch.globalContext().allowTF32CuDNN()).isEqualTo(tf32);
        assertThat(torch.globalContext().allowTF32CuBLAS()).isEqualTo(tf32);
      }
    }
  }

  @Test
  void enginesThatAreOpenTogetherHaveToAgree() {
    Float32Products exact = Float32Products.of(GPU, Precision.FLOAT32);
    Float32Products rounded = Float32Products.of(GPU, Precision.BFLOAT16);
    rounded.close();
    rounded.close(); // once more does nothing
    assertThatThrownBy(() -> Float32Products.of(GPU, Precision.TF32))
        .isInstanceOf(EngineUnavailableException.class)
        .hasMessage(
            "Cannot use engine = torch: this process computes on a GPU without tf32 already, and"
                + " libtorch has one setting of it (wait for the other run to end, or give both"
                + " the same precision)");
    assertThat(torch.globalContext().allowTF32CuDNN()).isFalse();
    exact.close();
    Float32Products.of(GPU, Precision.TF32).close();
  }

  @Test
  void anEngineOnTheCpuTakesNoPart() {
    try (Float32Products gpu = Float32Products.of(GPU, Precision.FLOAT32);
        Float32Products cpu = Float32Products.of(Device.CPU, Precision.TF32)) {
      assertThat(cpu).isNotSameAs(gpu);
      assertThat(torch.globalContext().allowTF32CuBLAS()).isFalse();
    }
  }
}
