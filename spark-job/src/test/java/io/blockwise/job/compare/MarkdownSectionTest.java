package io.blockwise.job.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkdownSectionTest {
  private static final String END = "<!-- end of compare one -->\n";

  @TempDir Path directory;
  private Path file;
  private MarkdownSection one;

  @BeforeEach
  void writeTwoSectionsAndATextBehindThem() throws IOException {
    file = Files.writeString(directory.resolve("results.md"), "before\n");
    one = new MarkdownSection(file, "one");
    write(one, "of one");
    write(new MarkdownSection(file, "two"), "of two");
    Files.writeString(file, Files.readString(file) + "behind\n");
  }

  @Test
  void aSectionIsReplacedAndTheRestStays() throws IOException {
    String before = Files.readString(file);
    one.requireWritable();
    write(one, "anew");
    assertThat(file).content().isEqualTo(before.replace("of one", "anew"));
    assertThat(directory.resolve("one/a.svg")).content().isEqualTo("<svg/>");
    assertThat(directory.toFile().list())
        .as("no temporary file is left")
        .containsExactlyInAnyOrder("results.md", "one", "two");
  }

  /** Up to the end of a later section, or of a second one of its name, is text of others. */
  @ParameterizedTest
  @ValueSource(strings = {"", "<!-- compare one: written by the command, not by hand -->\n" + END})
  void aSectionWithoutItsEndIsRefusedAndNothingIsLost(String behind) throws IOException {
    String lost = Files.readString(file).replace(END, "") + behind;
    Files.writeString(file, lost);
    String message =
        "Cannot write section one of %s: its last line <!-- end of compare one --> is not there any"
            + " more (put that line behind the section, or remove the section with its first line)";
    assertThatThrownBy(one::requireWritable)
        .isInstanceOf(UserException.class)
        .hasMessage(message, file);
    assertThatThrownBy(() -> write(one, "anew"))
        .isInstanceOf(UserException.class)
        .hasMessage(message, file);
    assertThat(file).content().isEqualTo(lost);
  }

  @Test
  void aLinkStaysALink() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link.md"), file);
    write(new MarkdownSection(link, "one"), "anew");
    assertThat(link).isSymbolicLink();
    assertThat(file).content().contains("anew").doesNotContain("of one");
  }

  private static void write(MarkdownSection section, String content) throws IOException {
    section.write(new Storage(new Configuration()), content, Map.of("a.svg", "<svg/>"));
  }
}
