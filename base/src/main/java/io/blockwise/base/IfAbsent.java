package io.blockwise.base;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a component of a record is where a JSON file does not have it, for components that came
 * later than the first files: they go on meaning what they meant, whatever the default of a
 * configuration is by now.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface IfAbsent {
  /** The value as JSON. */
  String value();
}
