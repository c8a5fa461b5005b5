package io.blockwise.model.artifact;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.blockwise.base.UserException;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.engine.TensorTable.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The JSON header of a safetensors file. Immutable.
 *
 * @param metadata string to string
 * @param table tensors in the order of their offsets
 */
record SafetensorsHeader(Map<String, String> metadata, TensorTable table) {
  /** The format's own limit. */
  static final int MOST_BYTES = 100_000_000;

  private static final int ALIGNMENT = 8;
  private static final String METADATA = "__metadata__";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** A tensor of a header that is not checked yet; offsets in bytes. */
  private record Slice(String name, List<Integer> shape, long begin, long end) {}

  /** The header's bytes, padded so that the tensors behind it are aligned. */
  byte[] encode() throws IOException {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    if (!metadata.isEmpty()) {
      ObjectNode strings = root.putObject(METADATA);
      new TreeMap<>(metadata).forEach(strings::put);
    }
    for (Entry entry : table.entries()) {
      if (root.has(entry.name()) || entry.name().equals(METADATA)) {
        throw new IllegalArgumentException(
            "Cannot write tensor " + entry.name() + ": the name is taken");
      }
      ObjectNode tensor = root.putObject(entry.name()).put("dtype", "F32");
      entry.shape().forEach(tensor.putArray("shape")::add);
      tensor
          .putArray("data_offsets")
          .add((long) Float.BYTES * entry.offset())
          .add((long) Float.BYTES * (entry.offset() + (long) entry.length()));
    }
    byte[] json = JSON.writeValueAsBytes(root);
    byte[] padded = Arrays.copyOf(json, (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    return padded;
  }

  /**
   * Reads a header and checks every rule of the format.
   *
   * @param file name for messages
   */
  static SafetensorsHeader decode(String file, byte[] json) throws IOException {
    JsonNode root = parse(file, json);
    List<Slice> slices = new ArrayList<>();
    Map<String, String> metadata = Map.of();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (field.getKey().equals(METADATA)) {
        metadata = metadata(file, field.getValue());
      } else {
        slices.add(slice(file, field.getKey(), field.getValue()));
      }
    }
    slices.sort(Comparator.comparingLong(Slice::begin).thenComparingLong(Slice::end));
    return new SafetensorsHeader(metadata, table(file, slices));
  }

  /** The exception for a file that breaks a rule of the format. */
  static UserException damaged(String file, String fact) {
    return UserException.cannot("read " + file, fact, "the file is damaged, or is not safetensors");
  }

  private static JsonNode parse(String file, byte[] json) throws IOException {
    try {
      if (json.length > 0 && json[0] == '{') {
        return JSON.readTree(json);
      }
    } catch (JsonProcessingException e) {
      throw damaged(file, "its header is not JSON: " + e.getOriginalMessage());
    }
    throw damaged(file, "its header does not start with {");
  }

  private static Map<String, String> metadata(String file, JsonNode node) {
    Map<String, String> metadata = new TreeMap<>();
    if (!node.isObject()) {
      throw damaged(file, METADATA + " is not an object");
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!field.getValue().isTextual()) {
        throw damaged(file, METADATA + "." + field.getKey() + " is not a string");
      }
      metadata.put(field.getKey(), field.getValue().textValue());
    }
    return metadata;
  }

  private static Slice slice(String file, String name, JsonNode node) {
    JsonNode dtype = node.path("dtype");
    if (!dtype.isTextual() || !dtype.textValue().equals("F32")) {
      throw damaged(file, "tensor " + name + " has dtype " + dtype + " instead of \"F32\"");
    }
    List<Integer> shape = new ArrayList<>();
    for (long size : numbers(file, name, node.path("shape"))) {
      if (size > Integer.MAX_VALUE) {
        throw damaged(file, "tensor " + name + " has shape " + node.path("shape"));
      }
      shape.add((int) size);
    }
    List<Long> offsets = numbers(file, name, node.path("data_offsets"));
    if (offsets.size() != 2) {
      throw damaged(file, "tensor " + name + " has data_offsets " + offsets);
    }
    return new Slice(name, shape, offsets.get(0), offsets.get(1));
  }

  private static List<Long> numbers(String file, String name, JsonNode node) {
    List<Long> numbers = new ArrayList<>();
    for (JsonNode item : node) {
      if (!item.isIntegralNumber() || !item.canConvertToLong() || item.longValue() < 0) {
        throw damaged(file, "tensor " + name + " has " + item + " for a size or an offset");
      }
      numbers.add(item.longValue());
    }
    if (!node.isArray()) {
      throw damaged(file, "tensor " + name + " lacks its shape or its data_offsets");
    }
    return numbers;
  }

  private static TensorTable table(String file, List<Slice> slices) {
    List<Entry> entries = new ArrayList<>();
    long at = 0;
    for (Slice slice : slices) {
      long end = end(file, slice, at);
      if (slice.begin() != at || slice.end() != end) {
        throw damaged(
            file,
            String.format(
                "tensor %s has offsets [%d, %d] instead of [%d, %d]",
                slice.name(), slice.begin(), slice.end(), at, end));
      }
      entries.add(new Entry(slice.name(), slice.shape(), (int) (at / Float.BYTES)));
      at = end;
    }
    return new TensorTable(entries);
  }

  private static long end(String file, Slice slice, long begin) {
    long values = begin / Float.BYTES;
    long elements = 1;
    for (int size : slice.shape()) {
      elements = Math.min(elements * size, Integer.MAX_VALUE + 1L);
    }
    if (values + elements > Integer.MAX_VALUE) {
      throw damaged(file, "tensor " + slice.name() + " is too large: " + slice.shape());
    }
    return begin + elements * Float.BYTES;
  }
}
