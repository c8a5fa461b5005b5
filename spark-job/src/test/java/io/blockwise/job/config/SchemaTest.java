package io.blockwise.job.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SchemaTest {
  record Outer(int plainNumber, Inner innerPart, MemorySize memory) {}

  record Inner(String vgg8Name, List<Integer> sizes) {}

  @Test
  void componentsAreKeysInKebabCaseAndRecordsAreSections() {
    Schema schema = new Schema(Outer.class);
    assertThat(schema.values().keySet())
        .containsExactly("plain-number", "inner-part.vgg8-name", "inner-part.sizes", "memory");
    assertThat(schema.isSection("inner-part")).isTrue();
    assertThat(schema.isSection("memory")).isFalse();
  }
}
