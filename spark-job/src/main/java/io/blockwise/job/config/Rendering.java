package io.blockwise.job.config;

import com.typesafe.config.ConfigUtil;
import io.blockwise.model.Names;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes a record as the HOCON that {@link Binder} makes it from. Thread-safe. */
final class Rendering {
  private Rendering() {}

  static String of(Record record) {
    StringBuilder text = new StringBuilder();
    section(text, "", record);
    return text.toString();
  }

  private static void section(StringBuilder text, String indent, Record record) {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = component(record, component);
      String key = indent + Schema.key(component);
      if (Schema.isSection(component.getType())) {
        text.append(key).append(" {\n");
        section(text, indent + "  ", (Record) value);
        text.append(indent).append("}\n");
      } else {
        text.append(key).append(" = ").append(value(value)).append('\n');
      }
    }
  }

  private static String value(Object value) {
    if (value instanceof Optional<?> optional) {
      return optional.map(Rendering::value).orElse("\"\"");
    } else if (value instanceof List<?> list) {
      return list.stream().map(Rendering::value).collect(Collectors.joining(", ", "[", "]"));
    } else if (value instanceof Double number) {
      return new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
    } else if (value instanceof Duration duration) {
      return Names.of(duration);
    } else if (value instanceof Enum<?> constant) {
      return Names.of(constant);
    } else if (value instanceof String text) {
      return ConfigUtil.quoteString(text);
    } else if (value instanceof Record record && Schema.isSection(record.getClass())) {
      return kind(record);
    }
    return value.toString();
  }

  private static String kind(Record record) {
    StringBuilder text = new StringBuilder("{ type = ");
    text.append(Schema.kebab(record.getClass().getSimpleName()));
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      text.append(", ").append(Schema.key(component)).append(" = ");
      text.append(value(component(record, component)));
    }
    return text.append(" }").toString();
  }

  private static Object component(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError("A record that hides a component: " + component, e);
    }
  }
}
