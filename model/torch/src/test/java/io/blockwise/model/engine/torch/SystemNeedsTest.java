package io.blockwise.model.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SystemNeedsTest {
  @TempDir Path directory;

  @Test
  void thisMachineHasWhatTheOtherTestsCouldNotDoWithout() {
    assertThat(SystemNeeds.refusal()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"2.35, true", "2.36, true", "3.0, true", "2.31, false", "2.4, false", "1.99, false"})
  void glibcIsReadFromTheLibraryThatTheProcessHasInMemory(String version, boolean fits)
      throws IOException {
    Path library = directory.resolve("libc.so.6");
    Files.writeString(
        library,
        "\177ELF version 9.9 \000GNU C Library (GNU libc) stable release version "
            + version
            + ".\nCopyright");
    assertThat(SystemNeeds.refusal(maps(library), processor("fpu avx avx2 fma")).isEmpty())
        .isEqualTo(fits);
  }

  @Test
  void refusalSaysWhatThereIsAndWhatIsNeeded() throws IOException {
    Path library = directory.resolve("libc-2.31.so");
    Files.writeString(library, "GNU C Library (Ubuntu GLIBC 2.31-0ubuntu9) release version 2.31.");
    assertThat(SystemNeeds.refusal(maps(library), processor("avx2")))
        .hasValue(
            "the system has glibc 2.31, and it needs Linux with glibc 2.35 or newer and AVX2 (use"
                + " another engine on this machine)");
    assertThat(SystemNeeds.refusal(directory.resolve("none"), processor("fpu avx avx512f")))
        .hasValueSatisfying(text -> assertThat(text).startsWith("the processor has no AVX2, and"));
  }

  @Test
  void whatCannotBeFoundOutIsNotHeldAgainstTheMachine() throws IOException {
    Path nothing = directory.resolve("none");
    assertThat(SystemNeeds.refusal(nothing, nothing)).isEmpty();
    Path other = directory.resolve("libc.so.6");
    Files.writeString(other, "another C library");
    assertThat(SystemNeeds.refusal(maps(other), nothing)).isEmpty();
  }

  private Path maps(Path library) throws IOException {
    return Files.writeString(
        directory.resolve("maps"),
        "7f-80 r-xp 00000000 fe:00 12 /usr/lib/libm.so.6\n7f-80 r--p 00000000 fe:00 3  "
            + library
            + "\n");
  }

  private Path processor(String flags) throws IOException {
    return Files.writeString(
        directory.resolve("cpuinfo"), "processor\t: 0\nflags\t\t: " + flags + "\n");
  }
}
