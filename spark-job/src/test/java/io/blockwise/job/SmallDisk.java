package io.blockwise.job;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A directory with its own little space; whoever may not mount one skips the test. */
final class SmallDisk implements AutoCloseable {
  private final Path directory;

  private SmallDisk(Path directory) {
    this.directory = directory;
  }

  /** Of a size such as {@code 2m}. */
  static SmallDisk at(Path directory, String size) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    boolean mounted =
        run(List.of("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", directory.toString()));
    assumeTrue(mounted, "mounting a small disk is not allowed here");
    return new SmallDisk(directory);
  }

  /** Fills it up to so many bytes. */
  void fill(int left) throws IOException {
    Path reserve = Files.write(directory.resolve("reserve"), new byte[left]);
    try (OutputStream out = Files.newOutputStream(directory.resolve("filler"))) {
      byte[] some = new byte[4096];
      while (true) {
        out.write(some);
      }
    } catch (IOException e) {
      // Full.
    }
    Files.delete(reserve);
  }

  @Override
  public void close() {
    try {
      run(List.of("umount", "-l", directory.toString()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean run(List<String> command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
