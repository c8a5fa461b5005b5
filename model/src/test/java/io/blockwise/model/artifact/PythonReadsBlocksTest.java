package io.blockwise.model.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.blockwise.model.engine.TensorTable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads a block with Python: with its safetensors library if it is there, else by the format. */
class PythonReadsBlocksTest {
  private static final String SCRIPT =
      """
      import json, struct, sys
      def by_library(path):
          from safetensors.torch import load_file
          return {k: (list(t.shape), t.numpy().tobytes()) for k, t in load_file(path).items()}
      def by_format(path):
          raw = open(path, "rb").read()
          n, = struct.unpack("<Q", raw[:8])
          assert n % 8 == 0
          header = json.loads(raw[8:8 + n])
          assert all(type(v) is str for v in header.pop("__metadata__").values())
          found, at = {}, 0
          for name, t in header.items():
              begin, end = t["data_offsets"]
              assert t["dtype"] == "F32" and begin == at
              found[name], at = (t["shape"], raw[8 + n + begin:8 + n + end]), end
          assert 8 + n + at == len(raw)
          return found
      try:
          tensors = by_library(sys.argv[1])
      except ImportError:
          tensors = by_format(sys.argv[1])
      bits = lambda data: struct.unpack("<%di" % (len(data) // 4), data)
      print(json.dumps({k: {"shape": s, "bits": bits(d)} for k, (s, d) in tensors.items()}))
      """;

  @TempDir private Path directory;

  @Test
  void pythonReadsEveryTensorBitForBit() throws Exception {
    StoredBlock block = Samples.block(new Random(3), 4);
    Path file = directory.resolve("block-01.safetensors");
    try (OutputStream out = Files.newOutputStream(file)) {
      block.toSafetensors().write(out);
    }
    JsonNode found = new ObjectMapper().readTree(python(file));
    assertThat(found).hasSize(6);
    for (Tensors tensors : List.of(block.parameters(), block.statistics())) {
      for (TensorTable.Entry entry : tensors.table().entries()) {
        JsonNode tensor = found.path(entry.name());
        assertThat(integers(tensor.path("shape"))).isEqualTo(entry.shape());
        assertThat(integers(tensor.path("bits"))).isEqualTo(bits(tensors, entry));
      }
    }
  }

  private static String python(Path file) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder("python3", "-c", SCRIPT, file.toString()).start();
    } catch (IOException e) {
      assumeTrue(false, "skipped: there is no python3 here");
      throw e;
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(errors).isZero();
    return output;
  }

  private static List<Integer> integers(JsonNode array) {
    List<Integer> numbers = new ArrayList<>();
    array.forEach(number -> numbers.add(number.intValue()));
    return numbers;
  }

  private static List<Integer> bits(Tensors tensors, TensorTable.Entry entry) {
    List<Integer> bits = new ArrayList<>();
    for (int i = 0; i < entry.length(); i++) {
      bits.add(Float.floatToRawIntBits(tensors.values()[entry.offset() + i]));
    }
    return bits;
  }
}
