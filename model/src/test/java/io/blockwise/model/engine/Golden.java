package io.blockwise.model.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A file of reference values that PyTorch computed in double precision. */
public final class Golden {
  private final JsonNode root;

  private Golden(JsonNode root) {
    this.root = root;
  }

  public static Golden open(String name) {
    try (InputStream in = Golden.class.getResourceAsStream("/golden/" + name + ".json")) {
      return new Golden(new ObjectMapper().readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public JsonNode json() {
    return root;
  }

  public float[] floats(String field) {
    return floats(root.get(field));
  }

  public static float[] floats(JsonNode array) {
    JsonNode data = array.has("data") ? array.get("data") : array;
    float[] values = new float[data.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) data.get(i).asDouble();
    }
    return values;
  }

  public static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }

  /** Largest difference over the largest reference value. */
  public static double error(float[] found, JsonNode reference) {
    JsonNode data = reference.has("data") ? reference.get("data") : reference;
    if (data.size() != found.length) {
      throw new AssertionError(found.length + " values instead of " + data.size());
    }
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < found.length; i++) {
      double expected = data.get(i).asDouble();
      double apart = Math.abs(found[i] - expected);
      difference = Double.isNaN(apart) ? Double.NaN : Math.max(difference, apart);
      largest = Math.max(largest, Math.abs(expected));
    }
    return difference / largest;
  }
}
