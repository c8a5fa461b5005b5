package io.blockwise.model.artifact;

import static io.blockwise.model.artifact.Samples.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.testing.RandomSeed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SafetensorsTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static final String ONE_TENSOR =
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

  @Test
  void bytesAreThoseOfTheFormat() throws IOException {
    Tensors tensors =
        Tensors.copyOf(
            Samples.table(entry("w", 1, 2), entry("b")), new float[] {1f, -2f, Float.MIN_VALUE});
    byte[] bytes = written(new Safetensors(Map.of("k", "v"), tensors));
    String json =
        "{\"__metadata__\":{\"k\":\"v\"},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]}}";
    int padded = (json.length() + 7) / 8 * 8;
    ByteBuffer expected = ByteBuffer.allocate(8 + padded + 12).order(ByteOrder.LITTLE_ENDIAN);
    expected.putLong(padded).put(json.getBytes(StandardCharsets.UTF_8));
    while (expected.position() < 8 + padded) {
      expected.put((byte) ' ');
    }
    expected.put(new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xc0, 1, 0, 0, 0});
    assertThat(bytes).isEqualTo(expected.array());
  }

  @Test
  void everyBitComesBack() throws IOException {
    Tensors tensors =
        Samples.tensors(SEED.random(), entry("layers.0.weight", 40_000), entry("exit.bias", 7, 3));
    Safetensors file = new Safetensors(Map.of("a", "b", "c", "\"d\n"), tensors);
    byte[] bytes = written(file);
    assertThat(read(bytes)).isEqualTo(file);
    assertThat((bytes.length - 4 * tensors.values().length) % 8).isZero();
  }

  @Test
  void fileWithoutTensorsComesBack() throws IOException {
    Safetensors file = new Safetensors(Map.of(), Tensors.copyOf(Samples.table(), new float[0]));
    assertThat(read(written(file))).isEqualTo(file);
  }

  @Test
  void twoTensorsOfOneNameAreRefused() {
    Tensors twice = Tensors.copyOf(Samples.table(entry("w", 1), entry("w", 1)), new float[2]);
    assertThatThrownBy(() -> written(new Safetensors(Map.of(), twice)))
        .hasMessage("Cannot write tensor w: the name is taken");
  }

  @Test
  void truncatedFileIsRefused() {
    byte[] whole = file(ONE_TENSOR, 8);
    assertRefused(Arrays.copyOf(whole, whole.length - 1), "its header describes " + whole.length);
    assertRefused(Arrays.copyOf(whole, 20), "it has 20 bytes, its header alone");
    assertRefused(new byte[3], "it has 3 bytes, fewer than the 8 it needs");
  }

  @Test
  void bytesBehindTheTensorsAreRefused() {
    assertRefused(file(ONE_TENSOR, 9), "its header describes");
  }

  @Test
  void headerBeyondTheLimitIsRefused() {
    byte[] bytes = file(ONE_TENSOR, 8);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(100_000_001);
    assertRefused(bytes, "a header of 100000001 bytes exceeds the limit of 100000000");
    bytes[7] = (byte) 0xff;
    assertRefused(bytes, "exceeds the limit");
  }

  @Test
  void headerThatIsNoJsonObjectIsRefused() {
    assertRefused(file(" {}", 0), "its header does not start with {");
    assertRefused(file("{\"a\":", 0), "its header is not JSON");
    assertRefused(file("{}{}", 0), "its header is not JSON");
    String entry = ONE_TENSOR.substring(1, ONE_TENSOR.length() - 1);
    assertRefused(file("{" + entry + "," + entry + "}", 8), "its header is not JSON");
  }

  @Test
  void otherTypesAreRefused() {
    assertRefused(file(ONE_TENSOR.replace("F32", "F16"), 8), "tensor a has dtype \"F16\"");
    assertRefused(file(ONE_TENSOR.replace("dtype", "type"), 8), "tensor a has dtype");
  }

  @Test
  void wrongOffsetsAreRefused() {
    for (String offsets : new String[] {"[4,12]", "[0,4]", "[0,12]", "[8,0]"}) {
      assertRefused(file(ONE_TENSOR.replace("[0,8]", offsets), 12), "instead of [0, 8]");
    }
    assertRefused(file(ONE_TENSOR.replace("[0,8]", "[0]"), 8), "has data_offsets [0]");
    assertRefused(file(ONE_TENSOR.replace("[0,8]", "[-8,0]"), 8), "tensor a has -8");
    assertRefused(file(ONE_TENSOR.replace("[0,8]", "3"), 8), "lacks its shape or its data_offsets");
  }

  @Test
  void shapeBeyondAllMemoryIsRefusedBeforeAnyIsTaken() {
    String huge = ONE_TENSOR.replace("[2]", "[2147483647,2147483647,2147483647]");
    assertRefused(file(huge, 8), "tensor a is too large");
    String large = ONE_TENSOR.replace("[2]", "[2000000000]").replace("[0,8]", "[0,8000000000]");
    assertRefused(file(large, 8), "its header describes 80000000");
  }

  @Test
  void metadataOfOtherThanStringsIsRefused() {
    assertRefused(file("{\"__metadata__\":{\"a\":1}}", 0), "__metadata__.a is not a string");
    assertRefused(file("{\"__metadata__\":[]}", 0), "__metadata__ is not an object");
  }

  private static void assertRefused(byte[] bytes, String fact) {
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot read f.safetensors: ")
        .hasMessageContaining(fact)
        .hasMessageNotContaining("\n");
  }

  private static byte[] file(String json, int data) {
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + header.length + data)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .array();
  }

  private static byte[] written(Safetensors file) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    file.write(out);
    return out.toByteArray();
  }

  private static Safetensors read(byte[] bytes) throws IOException {
    return Safetensors.read("f.safetensors", bytes.length, new ByteArrayInputStream(bytes));
  }
}
