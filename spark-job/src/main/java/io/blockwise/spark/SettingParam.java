package io.blockwise.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.Identifiable;

/**
 * A key of {@code reference.conf} as a parameter of Spark ML, under the same name. Its values are
 * text as {@code --set} takes it, numbers, booleans, or lists of these.
 */
public final class SettingParam extends Param<Object> {
  private static final long serialVersionUID = 1;
  private static final JsonMapper JSON = new JsonMapper();

  SettingParam(Identifiable owner, String key, String meaning) {
    super(owner, key, meaning);
  }

  /** The value as {@code --set} takes it. */
  static String text(Object value) {
    if (value instanceof List<?> list) {
      return json(list);
    }
    if (value instanceof Object[] array) {
      return json(List.of(array));
    }
    return String.valueOf(value);
  }

  @Override
  public String jsonEncode(Object value) {
    return json(value);
  }

  @Override
  public Object jsonDecode(String json) {
    try {
      return JSON.readValue(json, Object.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a value of " + name() + ": " + json, e);
    }
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a value of a key: " + value, e);
    }
  }
}
