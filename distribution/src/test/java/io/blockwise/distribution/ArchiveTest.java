package io.blockwise.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive holds what it says, under licences that it names. */
@Tag("slow")
class ArchiveTest {
  private static final String OWN = "io.blockwise";

  @TempDir static Path directory;

  private static Path root;

  @BeforeAll
  static void unpack() throws Exception {
    root = Packages.unpacked(directory);
  }

  @Test
  void everyJarIsAComponentOfTheBillOfMaterialsAndHasALicenceThere() throws IOException {
    Set<String> named = new TreeSet<>();
    for (JsonNode component : components()) {
      named.add(fileName(component));
      assertThat(component.path("licenses")).as(component.path("purl").asText()).isNotEmpty();
    }
    assertThat(jars()).isEqualTo(named);
  }

  @Test
  void everyArtifactOfOthersHasARowWithItsLicencesAndNothingElseHas() throws IOException {
    Set<String> rows = new TreeSet<>();
    for (String line : Files.readAllLines(root.resolve("THIRD-PARTY.md"))) {
      String[] cells = line.split("\\|", -1);
      if (cells.length > 4 && cells[1].contains(":")) {
        rows.add(cells[1].strip() + ":" + cells[2].strip());
        assertThat(cells[3].strip()).as(line).isNotEmpty().doesNotContain("Unknown");
      }
    }
    Set<String> others = new TreeSet<>();
    for (JsonNode component : components()) {
      if (!component.path("group").asText().equals(OWN)) {
        others.add(
            String.join(
                ":",
                component.path("group").asText(),
                component.path("name").asText(),
                component.path("version").asText()));
      }
    }
    assertThat(rows).isEqualTo(others);
  }

  @Test
  void anEngineIsInAFolderOfItsOwnWithNativesOfOnePlatform() throws IOException {
    assertThat(names("lib")).noneMatch(name -> name.matches(".*(torch|nd4j|dl4j|spark_|hadoop).*"));
    assertThat(names("lib/engines/torch"))
        .contains("blockwise-engine-torch-" + Packages.VERSION + ".jar")
        .noneMatch(name -> name.contains("nd4j"));
    assertThat(names("lib/engines/dl4j"))
        .contains("blockwise-engine-dl4j-" + Packages.VERSION + ".jar")
        .noneMatch(name -> name.contains("torch"));
    assertThat(jars())
        .noneMatch(name -> name.matches(".*-(windows|macosx|android|ios|linux-(?!x86_64)).*"));
  }

  @Test
  void scriptsMayBeExecutedAndNothingElse() throws IOException {
    Set<String> executable = new HashSet<>();
    for (Path file : Packages.files(root)) {
      if (Files.isExecutable(file)) {
        executable.add(root.relativize(file).toString());
      }
    }
    // the superuser may not execute either what has no such bit
    assertThat(executable).containsExactlyInAnyOrder("bin/blockwise", "bin/find-gpus");
  }

  @Test
  void whatAUserReadsIsThere() {
    assertThat(List.of("LICENSE", "NOTICE", "THIRD-PARTY.md", "bom.json", "README.md", "conf"))
        .allMatch(name -> Files.exists(root.resolve(name)));
  }

  @Test
  void nothingNamesAFolderOfTheMachineThatBuiltIt() throws IOException {
    String checkout = Packages.CHECKOUT.toString();
    for (Path file : Packages.files(root)) {
      if (!file.toString().endsWith(".jar")) {
        assertThat(Files.readString(file)).as(file.toString()).doesNotContain(checkout);
      } else if (file.getFileName().toString().startsWith("blockwise-")) {
        assertThat(entriesWith(file, checkout)).as(file.toString()).isEmpty();
      }
    }
  }

  @Test
  void sizesAreThoseThatTheDocumentStates() throws IOException {
    long archive = Files.size(Packages.ARCHIVE);
    long torch = Files.size(Packages.jobJar("torch"));
    long dl4j = Files.size(Packages.jobJar("dl4j"));
    System.out.printf(
        "Archive %.0f MB, job jar torch %.0f MB, dl4j %.0f MB%n",
        archive / 1e6, torch / 1e6, dl4j / 1e6);
    assertThat(archive).isBetween(200_000_000L, 280_000_000L);
    assertThat(torch).isBetween(90_000_000L, 135_000_000L);
    assertThat(dl4j).isBetween(110_000_000L, 160_000_000L);
  }

  @Test
  void aJobJarHoldsOneEngineAndNothingOfSpark() throws IOException {
    for (String engine : List.of("torch", "dl4j")) {
      try (JarFile jar = new JarFile(Packages.jobJar(engine).toFile())) {
        assertThat(text(jar, "META-INF/services/io.blockwise.model.engine.EngineProvider"))
            .containsIgnoringCase(engine)
            .doesNotContainIgnoringCase(engine.equals("torch") ? "dl4j" : "torch");
        assertThat(text(jar, "META-INF/services/org.apache.lucene.codecs.Codec")).isNotBlank();
        assertThat(jar.stream().map(JarEntry::getName))
            .contains("io/blockwise/job/Blockwise.class", "io/blockwise/data/", "reference.conf")
            .noneMatch(ArchiveTest::isOfSpark);
      }
    }
  }

  private static boolean isOfSpark(String entry) {
    return entry.matches(
        "org/(apache/(spark|hadoop|commons/(io|codec|compress|collections4))|slf4j)/.*");
  }

  private static String text(JarFile jar, String name) throws IOException {
    try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<String> entriesWith(Path file, String text) throws IOException {
    List<String> found = new ArrayList<>();
    try (JarFile jar = new JarFile(file.toFile())) {
      for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
        JarEntry entry = all.nextElement();
        try (InputStream in = jar.getInputStream(entry)) {
          if (new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).contains(text)) {
            found.add(entry.getName());
          }
        }
      }
    }
    return found;
  }

  private static JsonNode components() throws IOException {
    return new ObjectMapper().readTree(root.resolve("bom.json").toFile()).path("components");
  }

  /** As Maven names the file: {@code pkg:maven/GROUP/NAME@VERSION?classifier=C&type=jar}. */
  private static String fileName(JsonNode component) {
    String classifier =
        component.path("purl").asText().replaceFirst("^[^?]*\\?(?:classifier=([^&]*)&)?.*", "-$1");
    return component.path("name").asText()
        + "-"
        + component.path("version").asText()
        + (classifier.equals("-") ? "" : classifier)
        + ".jar";
  }

  private static Set<String> jars() throws IOException {
    return Packages.files(root.resolve("lib")).stream()
        .map(file -> file.getFileName().toString())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> names(String folder) throws IOException {
    return Packages.files(root.resolve(folder)).stream()
        .filter(file -> file.getParent().equals(root.resolve(folder)))
        .map(file -> file.getFileName().toString())
        .toList();
  }
}
