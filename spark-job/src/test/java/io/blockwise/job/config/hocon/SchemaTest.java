package io.blockwise.job.config.hocon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.blockwise.base.Names;
import io.blockwise.job.config.MemorySize;
import java.lang.reflect.Type;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaTest {
  record Outer(
      int plainNumber, Inner innerPart, MemorySize memory, NoValue other, @Inline Beside beside) {}

  record Beside(int near) {}

  record Inner(String vgg8Name, List<Integer> sizes, Innermost deep) {}

  record Innermost(boolean on) {}

  /** Read from text by something else than a static method that returns it. */
  record NoValue(int a) {
    public static String parse(String text) {
      return text;
    }
  }

  private final Schema schema = new Schema(Outer.class);

  @Test
  void componentsAreKeysInDeclaredOrderWithTheirTypes() throws Exception {
    Type sizes = Inner.class.getRecordComponents()[1].getGenericType();
    assertThat(schema.values())
        .containsExactly(
            entry("plain-number", int.class),
            entry("inner-part.vgg8-name", String.class),
            entry("inner-part.sizes", sizes),
            entry("inner-part.deep.on", boolean.class),
            entry("memory", MemorySize.class),
            entry("other.a", int.class),
            entry("near", int.class));
    assertThat(sizes.getTypeName()).isEqualTo("java.util.List<java.lang.Integer>");
  }

  @Test
  void recordsAreSectionsUnlessTheyAreReadFromText() {
    assertThat(List.of("inner-part", "inner-part.deep", "other"))
        .allMatch(schema::isSection)
        .noneMatch(schema::isValue);
    assertThat(List.of("plain-number", "inner-part.sizes", "memory"))
        .allMatch(schema::isValue)
        .noneMatch(schema::isSection);
    assertThat(List.of("", "inner", "plain", "inner-part.vgg8", "plain-number.x"))
        .noneMatch(schema::isSection)
        .noneMatch(schema::isValue);
  }

  @Test
  void pathsAreThoseOfSectionsAndOfValues() {
    assertThat(schema.paths())
        .containsExactly(
            "inner-part",
            "inner-part.deep",
            "other",
            "plain-number",
            "inner-part.vgg8-name",
            "inner-part.sizes",
            "inner-part.deep.on",
            "memory",
            "other.a",
            "near");
  }

  @ParameterizedTest
  @CsvSource({
    "batchSize, batch-size",
    "BatchSize, batch-size",
    "vgg8Name, vgg8-name",
    "plain, plain",
    "perBlockXY, per-block-xy", // no key is spelt in single letters
  })
  void keysAreInKebabCase(String camelCase, String kebab) {
    assertThat(Names.kebab(camelCase)).isEqualTo(kebab);
  }
}
