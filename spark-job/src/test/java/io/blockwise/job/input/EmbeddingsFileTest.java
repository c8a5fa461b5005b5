package io.blockwise.job.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.data.text.EmbeddingMatrix;
import io.blockwise.model.artifact.Safetensors;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class EmbeddingsFileTest {
  /** What data-prep writes by itself is what models are read by. */
  @Test
  void embeddingsOfADataSetAreSafetensors() throws IOException {
    float[] values = {0, 0, 1.5f, -2, 3, 4};
    byte[] bytes = new EmbeddingMatrix(3, 2, values).bytes();
    Safetensors file =
        Safetensors.read("embeddings", bytes.length, new ByteArrayInputStream(bytes));
    assertThat(file.tensors().table().entries().get(0).shape()).isEqualTo(List.of(3, 2));
    assertThat(file.tensors().table().entries().get(0).name()).isEqualTo("embeddings");
    assertThat(file.tensors().toArray()).isEqualTo(values);
  }
}
