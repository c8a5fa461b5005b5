package io.blockwise.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.blockwise.base.UserException;
import io.blockwise.job.cli.Action;
import io.blockwise.job.cli.Actions;
import io.blockwise.job.config.Settings;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserErrorsTest {
  private static final String FULL = "/dev/full";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "output | nofs://b/x | No FileSystem for scheme \"nofs\"",
        "output | a:b | Relative path in absolute URI: a:b",
        "output | hdfs://no.such.host.invalid:8020/x | unknown host no.such.host.invalid",
        "data.path | nofs://b/x | No FileSystem for scheme \"nofs\"",
        "output | s3a://b/x | the library of s3a: is not on the class path",
      })
  void placeOfNoFileSystemIsRefusedBeforeAnyWork(String key, String place, String fact) {
    List<String> called = new ArrayList<>();
    assertThatThrownBy(() -> run((command, settings) -> called.add("train"), key + "=" + place))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot use " + key + " = " + place + ": " + fact + " (")
        .hasMessageNotContaining("\n");
    assertThat(called).isEmpty();
  }

  @Test
  void remedyForS3NamesTheLibraryInTheVersionOfTheOthers() {
    assertThatThrownBy(() -> run((command, settings) -> {}, "output=s3a://b/x"))
        .hasMessageEndingWith(
            " (give --packages org.apache.hadoop:hadoop-aws:3.3.4, or its jars with --jars)");
  }

  @Test
  void storageThatIsLostInARunIsAFailedRunInOneLine() {
    Actions.Configured action =
        (command, settings) -> {
          throw new UncheckedIOException(
              new ConnectException(
                  "Call From here/127.0.0.1 to there:8020 failed on connection exception: "
                      + "java.net.ConnectException: Connection refused; For more details see: ..."));
        };
    assertThatThrownBy(() -> run(action, "output=" + directory))
        .isInstanceOf(RunFailedException.class)
        .hasMessageStartingWith("Cannot go on: there:8020 does not answer: ")
        .hasMessageEndingWith(" (start again when the storage answers)");
  }

  @Test
  void connectionOfAnythingElseThatBreaksIsNoErrorOfStorage() {
    Actions.Configured action =
        (command, settings) -> {
          throw new ConnectException("Connection refused");
        };
    assertThatThrownBy(() -> run(action, "output=" + directory))
        .isInstanceOf(ConnectException.class);
  }

  @Test
  void errorOfTheDataIsOneOfTheUser() {
    Actions.Configured action =
        (command, settings) -> {
          throw new UserException("Cannot read it: it is not there (put it there)");
        };
    assertThatThrownBy(() -> run(action, "output=" + directory))
        .isInstanceOf(UserException.class)
        .hasMessage("Cannot read it: it is not there (put it there)");
  }

  @Test
  void errorOfTheDataIsFoundInWhatItWasWrappedIn() {
    UserException inner = new UserException("Cannot read it: it is cut (get it again)");
    Actions.Configured action =
        (command, settings) -> {
          throw new IllegalStateException("a thread has failed", new ExecutionException(inner));
        };
    assertThatThrownBy(() -> run(action, "output=" + directory))
        .isInstanceOf(UserException.class)
        .hasMessage("Cannot read it: it is cut (get it again)");
  }

  /** Hadoop makes an error of it on local files. */
  @Test
  void fullDiskIsOneLine() {
    Actions.Configured action =
        (command, settings) -> {
          try (OutputStream out = rawLocal().create(new org.apache.hadoop.fs.Path(FULL), true)) {
            out.write(1);
          }
        };
    assumeTrue(Files.exists(Path.of(FULL)), "this system has no " + FULL);
    assertThatThrownBy(() -> run(action, "output=" + directory))
        .isInstanceOf(RunFailedException.class)
        .hasMessage(
            "Cannot go on: No space left on device (free some where output = "
                + directory
                + " lies, or choose another output, and start again)");
  }

  @Test
  void fileThatFoundNoRoomIsNamed() {
    Actions.Configured action =
        (command, settings) -> {
          throw new UncheckedIOException(
              new FileSystemException("/d/run/file.bin", null, "No space left on device"));
        };
    assertThatThrownBy(() -> run(action, "output=" + directory))
        .isInstanceOf(RunFailedException.class)
        .hasMessageStartingWith("Cannot go on: No space left on device for /d/run/file.bin (");
  }

  @Test
  void interruptIsNoFullDiskAndNoErrorOfTheUser() {
    Actions.Configured action =
        (command, settings) -> {
          throw new IllegalStateException(
              new UserException("Cannot read it: stopped (wait)", new InterruptedException()));
        };
    assertThatThrownBy(() -> run(action, "output=" + directory))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void otherFailuresStayWhatTheyAre() {
    Actions.Configured action =
        (command, settings) -> {
          throw new IOException("broken");
        };
    assertThatThrownBy(() -> run(action, "output=" + directory)).isInstanceOf(IOException.class);
  }

  private static FileSystem rawLocal() throws IOException {
    return FileSystem.getLocal(new Configuration()).getRawFileSystem();
  }

  private void run(Actions.Configured action, String set) throws Exception {
    Path conf = Files.writeString(directory.resolve("test.conf"), "");
    UserErrors.configured(action).run(Action.TRAIN, Settings.load(conf, List.of(set)));
  }
}
