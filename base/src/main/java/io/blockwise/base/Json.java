package io.blockwise.base;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.InjectableValues;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** How all of Blockwise's JSON files are written and read. Thread-safe. */
public final class Json {
  private static final JsonMapper PLAIN = new JsonMapper();

  private Json() {}

  /**
   * Records with keys in snake_case, of which none may be null, and none absent but those with
   * {@link IfAbsent}.
   */
  public static JsonMapper.Builder records() {
    return JsonMapper.builder()
        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
        .annotationIntrospector(new Annotations())
        .injectableValues(new AbsentValues())
        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);
  }

  /** Jackson's annotations and {@link IfAbsent}. */
  public static class Annotations extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public JacksonInject.Value findInjectableValue(AnnotatedMember member) {
      IfAbsent value = member.getAnnotation(IfAbsent.class);
      return value == null
          ? super.findInjectableValue(member)
          : JacksonInject.Value.forId(value.value());
    }
  }

  /** Jackson asks for what is to be injected where a component is absent. */
  private static final class AbsentValues extends InjectableValues {
    @Override
    public Object findInjectableValue(
        Object json, DeserializationContext context, BeanProperty component, Object unused)
        throws JsonMappingException {
      try {
        return context.readTreeAsValue(PLAIN.readTree((String) json), component.getType());
      } catch (IOException e) {
        throw JsonMappingException.fromUnexpectedIOE(e);
      }
    }
  }
}
