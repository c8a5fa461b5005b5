package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildTest {
  @TempDir Path directory;

  @Test
  void commitIsReadFromTheManifestOfTheJarThatHoldsTheFile() throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Blockwise-Commit", "41aa9f1c");
    assertThat(Build.commit(inJar(manifest))).contains("41aa9f1c");
  }

  @Test
  void jarThatWasNotToldHasNoCommit() throws IOException {
    assertThat(Build.commit(inJar(new Manifest()))).isEmpty();
    assertThat(Build.of(Test.class).commit()).isEqualTo("unknown");
  }

  @Test
  void classesOutsideAJarAreUnpackagedAndUnknown() {
    assertThat(Build.present()).isEqualTo(new Build("unpackaged", "unknown"));
  }

  private URL inJar(Manifest manifest) throws IOException {
    Path jar = directory.resolve("some.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      out.putNextEntry(new ZipEntry("file"));
      out.closeEntry();
    }
    return new URL("jar:" + jar.toUri() + "!/file");
  }
}
