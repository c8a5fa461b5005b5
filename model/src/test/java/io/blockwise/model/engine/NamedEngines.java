package io.blockwise.model.engine;

import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Precision;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Providers for tests, and class paths that name them. */
final class NamedEngines {
  private NamedEngines() {}

  /** A class path that names providers as their jars would; the rest of it is the test's. */
  static URLClassLoader classPath(Path directory, Class<?>... providers) throws IOException {
    String names = Arrays.stream(providers).map(Class::getName).collect(Collectors.joining("\n"));
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Files.writeString(services.resolve(EngineProvider.class.getName()), names);
    URL[] urls = {directory.toUri().toURL()};
    return new URLClassLoader(urls, NamedEngines.class.getClassLoader());
  }

  /** An engine by the name of sum. */
  public static final class First extends Named {
    public First() {
      super("sum");
    }
  }

  /** Another by that name. */
  public static final class Second extends Named {
    public Second() {
      super("sum");
    }
  }

  /** One by another name. */
  public static final class Other extends Named {
    public Other() {
      super("abacus");
    }
  }

  /** A provider that cannot be made. */
  public static final class Broken extends Named {
    public Broken() {
      super("broken");
      throw new IllegalStateException("no beads");
    }
  }

  private abstract static class Named implements EngineProvider {
    private final String name;

    Named(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String version() {
      return "1";
    }

    @Override
    public Optional<String> refusal() {
      return Optional.empty();
    }

    @Override
    public Optional<String> refusal(NetworkSpec network, Precision precision) {
      return Optional.empty();
    }

    @Override
    public Optional<String> refusalOfGpu(Optional<ComputeCapability> capability) {
      return Optional.empty();
    }

    @Override
    public boolean canChangeDevice() {
      return true;
    }

    @Override
    public Engine create(Device device, Precision precision) {
      throw new UnsupportedOperationException();
    }
  }
}
