package io.blockwise.job.config.hocon;

import com.typesafe.config.ConfigUtil;
import io.blockwise.base.Names;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes a record as the HOCON that {@link Binder} makes it from. Used by one thread. */
final class Rendering {
  /** What stands for itself in a list or a field without quotes. */
  private static final Pattern PLAIN = Pattern.compile("(?!0\\d)[\\w.-]+( [\\w.-]+)*");

  private final Sources sources;
  private final StringBuilder text = new StringBuilder();

  private Rendering(Sources sources) {
    this.sources = sources;
  }

  /** Every key in declared order; what {@code sources} keep back is not in it. */
  static String of(Record record, Sources sources) {
    Rendering rendering = new Rendering(sources);
    rendering.section("", "", record);
    return rendering.text.toString();
  }

  private void section(String indent, String path, Record record) {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      if (component.getType() != Sources.class) {
        entry(indent, path, component, component(record, component));
      }
    }
  }

  private void entry(String indent, String path, RecordComponent component, Object value) {
    if (component.isAnnotationPresent(Inline.class)) {
      section(indent, path, (Record) value);
      return;
    }
    String key = Schema.key(component);
    text.append(indent).append(key);
    if (Schema.isSection(component.getType())) {
      text.append(" {\n");
      section(indent + "  ", path + key + ".", (Record) value);
      text.append(indent).append("}\n");
    } else {
      text.append(" = ").append(value(path + key, value)).append('\n');
    }
  }

  private String value(String key, Object value) {
    if (value instanceof Optional<?> optional) {
      return optional.map(present -> value(key, present)).orElse("\"\"");
    }
    return value instanceof String string ? sources.stored(key, string) : value(value);
  }

  private static String value(Object value) {
    if (value instanceof String text) {
      return PLAIN.matcher(text).matches() ? text : ConfigUtil.quoteString(text);
    } else if (value instanceof List<?> list) {
      return list.stream().map(Rendering::value).collect(Collectors.joining(", ", "[", "]"));
    } else if (value instanceof Double number) {
      return new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
    } else if (value instanceof Duration duration) {
      return Names.of(duration);
    } else if (value instanceof Enum<?> constant) {
      return Names.of(constant);
    } else if (value instanceof Record record && Schema.isSection(record.getClass())) {
      return fields(record);
    }
    return value.toString();
  }

  /** On one line, with its type if there are others that could stand there. */
  private static String fields(Record record) {
    List<String> fields = new ArrayList<>();
    if (Arrays.stream(record.getClass().getInterfaces()).anyMatch(Schema::isChoice)) {
      fields.add("type = " + Names.of(record.getClass()));
    }
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      fields.add(Schema.key(component) + " = " + value(component(record, component)));
    }
    return "{ " + String.join(", ", fields) + " }";
  }

  private static Object component(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError("A record that hides a component: " + component, e);
    }
  }
}
