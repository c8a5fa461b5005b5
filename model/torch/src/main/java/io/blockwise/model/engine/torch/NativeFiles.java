package io.blockwise.model.engine.torch;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.ClassProperties;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.global.torch;

/**
 * Loads libtorch's files by their full paths, in the order of JavaCPP's presets. JavaCPP by itself
 * goes on from a file that does not load to whatever the system has under that name, such as the
 * libtorch 1.13 of Debian's {@code python3-torch}, and two versions in one process crash it.
 *
 * <p>JavaCPP is told that every file is loaded, so that it looks for none by name. Used by one
 * thread.
 */
final class NativeFiles {
  private static final Set<String> OWN = Set.of("gomp@.1", "c10", "torch_cpu", "torch");
  private static final Set<String> OWN_OF_CUDA = Set.of("c10_cuda", "torch_cuda");

  /** An empty library that depends on all others. */
  private static final String ALL = "torch";

  private static final String ANY = "c10";

  private final Class<?> presets = torch.class; // its name alone does not have JavaCPP load it
  private final ClassProperties properties =
      Loader.loadProperties(presets, Loader.loadProperties(), true);
  private final List<String> absent = new ArrayList<>();
  private String failureOfCuda;

  private NativeFiles() {}

  /**
   * Loads them.
   *
   * @param folder of the build's files on the class path
   * @return why those for CUDA could not be loaded, where the build has some
   * @throws IOException if they cannot be unpacked
   * @throws UnsatisfiedLinkError if another cannot be loaded; names it and what it lacks
   */
  static Optional<String> load(String folder) throws IOException {
    URL packed = NativeFiles.class.getClassLoader().getResource(folder + "/");
    if (packed != null && isPacked(packed)) {
      Loader.cacheResource(packed); // libraries ask for their neighbours
    }
    Loader.load(openblas.class);
    NativeFiles files = new NativeFiles();
    for (String name : files.names()) {
      files.unpack(name); // where a jar does not list its folders
    }
    for (String name : files.names()) {
      files.loadOrNote(name);
    }
    files.keepJavacppFromLooking();
    return Optional.ofNullable(files.failureOfCuda);
  }

  private List<String> names() {
    List<String> names = new ArrayList<>(properties.get("platform.preload"));
    names.addAll(properties.get("platform.link"));
    return names;
  }

  private URL[] found(String name) {
    return Loader.findLibrary(presets, properties, name);
  }

  /** The file of an own library; null if this build has none. */
  private File unpack(String name) throws IOException {
    boolean own = OWN.contains(name) || OWN_OF_CUDA.contains(name);
    URL[] found = own ? found(name) : new URL[0];
    if (found.length == 0) {
      return null;
    }
    return isPacked(found[0]) ? Loader.cacheResource(found[0]) : new File(found[0].getPath());
  }

  private static boolean isPacked(URL resource) {
    return !resource.getProtocol().equals("file");
  }

  private void loadOrNote(String name) throws IOException {
    // with this ending JavaCPP gives null where it would turn to the system
    if (Loader.loadLibrary(presets, found(name), name + "#") != null) {
      return;
    }
    absent.add(name);
    File file = unpack(name);
    if (file == null || name.equals(ALL) && failureOfCuda != null) {
      return;
    }
    try {
      System.load(file.getAbsolutePath());
    } catch (UnsatisfiedLinkError e) {
      if (!OWN_OF_CUDA.contains(name)) {
        throw e;
      }
      failureOfCuda = e.getMessage();
    }
  }

  /** Names what is absent as another file, which is loaded: there is no other way to tell it. */
  private void keepJavacppFromLooking() throws IOException {
    URL[] any = {new File(Loader.getLoadedLibraries().get(ANY)).toURI().toURL()};
    for (String name : absent) {
      Loader.loadLibrary(presets, any, name + "#");
    }
  }
}
