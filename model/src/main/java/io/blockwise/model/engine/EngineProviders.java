package io.blockwise.model.engine;

import java.net.URL;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The engines whose jars are on the class path, by their names. Immutable. */
public final class EngineProviders {
  private final Map<String, List<EngineProvider>> found = new TreeMap<>();

  private EngineProviders() {}

  /**
   * Looks for providers, and loads no native library.
   *
   * @throws EngineUnavailableException if a provider that a jar names cannot be made
   */
  public static EngineProviders of(ClassLoader loader) {
    EngineProviders providers = new EngineProviders();
    try {
      for (EngineProvider provider : ServiceLoader.load(EngineProvider.class, loader)) {
        providers.found.computeIfAbsent(provider.name(), name -> new ArrayList<>()).add(provider);
      }
    } catch (ServiceConfigurationError e) {
      throw new EngineUnavailableException(
          "Cannot look for engines: " + e.getMessage() + " (leave out or replace the engine's jar)",
          e);
    }
    return providers;
  }

  /** Names of all engines, in alphabetical order. */
  public List<String> names() {
    return List.copyOf(found.keySet());
  }

  /**
   * The provider of a name.
   *
   * @throws EngineUnavailableException if there is none, or more than one
   */
  public EngineProvider named(String name) {
    List<EngineProvider> providers = found.getOrDefault(name, List.of());
    if (providers.isEmpty()) {
      throw EngineUnavailableException.of(
          name,
          "its jar is not on the class path, which has "
              + (found.isEmpty() ? "no engine" : "engine " + String.join(", ", found.keySet()))
              + " (start with bin/blockwise, or add blockwise-engine-"
              + name
              + " and what it needs)",
          null);
    }
    if (providers.size() > 1) {
      throw EngineUnavailableException.of(
          name,
          "two engines have this name, "
              + place(providers.get(0))
              + " and "
              + place(providers.get(1))
              + " (leave out one of the jars)",
          null);
    }
    return providers.get(0);
  }

  private static String place(EngineProvider provider) {
    CodeSource source = provider.getClass().getProtectionDomain().getCodeSource();
    URL jar = source == null ? null : source.getLocation();
    return provider.getClass().getName() + " in " + (jar == null ? "Java itself" : jar.getPath());
  }
}
