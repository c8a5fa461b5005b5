package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.job.report.html.Pages;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

@Timeout(120)
@Tag("thorough")
class RunReportPageTest {
  @TempDir Path directory;

  private Path page() {
    return SmallRuns.run(directory).resolve("report.html");
  }

  @Test
  void pageHoldsEveryFigureOfItsModel() throws Exception {
    SmallRuns.train(SmallRuns.settings(directory, "workers=2"));
    Path version = SmallRuns.versions(directory).resolve("run");
    // reading verifies what the manifest lists
    assertThat(SmallRuns.published(directory).id()).isEqualTo("run");
    assertThat(version.resolve("manifest.json")).content().contains("report.html");

    for (Path file : new Path[] {page(), version.resolve("report.html")}) {
      Document page = Pages.parse(Files.readString(file));
      requireFigures("", SmallRuns.json(version.resolve("metrics.json")), page);
      assertThat(page.getElementsByTagName("svg").getLength()).isEqualTo(7);
      assertThat(page.getDocumentElement().getTextContent())
          .contains("Leases", "worker 2", "Staleness");
    }
    assertThat(page()).content().contains("The model is published: ");
  }

  @Test
  void everyLeaseHasALineThatSaysHowLongItTook() throws Exception {
    SmallRuns.train(SmallRuns.settings(directory, "workers=2"));
    List<JsonNode> leases = new ArrayList<>(SmallRuns.allEvents(directory));
    leases.removeIf(event -> !event.get("event").asText().equals("lease"));
    long examples = leases.stream().mapToLong(lease -> lease.get("examples").asLong()).sum();
    assertThat(examples).isBetween(600L, 720L);
    assertThat(leases)
        .allSatisfy(
            lease -> {
              assertThat(lease.get("worker").asInt()).isBetween(1, 2);
              assertThat(lease.get("seconds").asDouble()).isBetween(0.001, 60.0);
            });
  }

  private static void requireFigures(String path, JsonNode object, Document page) {
    object
        .fields()
        .forEachRemaining(
            field -> {
              String name = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
              JsonNode value = field.getValue();
              if (value.isObject()) {
                requireFigures(name, value, page);
              } else if (!name.matches("test.(confusion|class_accuracy)")) {
                assertThat(Pages.valueOf(page, name)).as(name).isEqualTo(plain(value));
              }
            });
  }

  private static String plain(JsonNode value) {
    return value.isArray()
        ? StreamSupport.stream(value.spliterator(), false)
            .map(JsonNode::asText)
            .collect(Collectors.joining(", "))
        : value.asText();
  }

  @Test
  void runThatFailedHasAPageThatSaysWhy() {
    String[] sets = {"method=pred", "training.learning-rate=1e30", "training.max-non-finite=1"};
    assertThatThrownBy(() -> SmallRuns.train(SmallRuns.settings(directory, sets)))
        .isInstanceOf(RuntimeException.class);
    assertThat(page()).content().contains("Failed: Cannot train block ");
  }

  @Test
  void browserShowsThePage() throws Exception {
    assumeTrue(isOnPath("chromium"), "no chromium on the PATH: the page is not looked at");
    SmallRuns.train(SmallRuns.settings(directory, "workers=2"));
    Path picture = directory.resolve("page.png");
    Process browser =
        new ProcessBuilder(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--user-data-dir=" + directory.resolve("profile"),
                "--window-size=1200,2400",
                "--screenshot=" + picture,
                page().toUri().toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("browser.log").toFile())
            .start();
    assertThat(browser.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(colours(picture)).hasSizeGreaterThan(20).contains(0xff0072b2, 0xffffffff);
  }

  private static Set<Integer> colours(Path picture) throws IOException {
    BufferedImage image = ImageIO.read(picture.toFile());
    Set<Integer> colours = new HashSet<>();
    for (int x = 0; x < image.getWidth(); x++) {
      for (int y = 0; y < image.getHeight(); y++) {
        colours.add(image.getRGB(x, y));
      }
    }
    return colours;
  }

  private static boolean isOnPath(String program) {
    for (String directory : System.getenv("PATH").split(File.pathSeparator, -1)) {
      if (Files.isExecutable(Path.of(directory, program))) {
        return true;
      }
    }
    return false;
  }
}
