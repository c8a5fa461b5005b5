package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;

import io.blockwise.job.config.hocon.Nearest;
import io.blockwise.model.engine.EngineProviders;
import java.io.Serializable;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Name of a numerical library that can compute blocks: one that comes with Blockwise, whose jar
 * need not be here, or any whose jar is, or {@code auto}. Immutable.
 */
public record EngineName(String text) implements Serializable {
  /** The first of the standard ones that can be used. */
  public static final EngineName AUTO = new EngineName("auto");

  /** ND4J, the library under DL4J. */
  public static final EngineName DL4J = new EngineName("dl4j");

  /** libtorch, the library under PyTorch. */
  public static final EngineName TORCH = new EngineName("torch");

  /** Those that come with Blockwise, the one to be preferred first. */
  public static final List<EngineName> STANDARD = List.of(TORCH, DL4J);

  /**
   * The engine of a name.
   *
   * @throws io.blockwise.base.InvalidValueException if no engine has it
   */
  public static EngineName parse(String name) {
    SortedSet<String> known = new TreeSet<>(found());
    STANDARD.forEach(standard -> known.add(standard.text));
    known.add(AUTO.text);
    if (known.contains(name)) {
      return new EngineName(name);
    }
    throw invalid("engine", name, Nearest.oneOf(List.copyOf(known), name));
  }

  private static List<String> found() {
    return EngineProviders.of(EngineName.class.getClassLoader()).names();
  }

  @Override
  public String toString() {
    return text;
  }
}
