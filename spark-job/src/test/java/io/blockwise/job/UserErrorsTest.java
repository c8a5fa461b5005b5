package io.blockwise.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.data.check.DataException;
import io.blockwise.job.cli.Actions;
import io.blockwise.job.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserErrorsTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "output | nofs://b/x | No FileSystem for scheme \"nofs\"",
        "output | a:b | Relative path in absolute URI: a:b",
        "output | hdfs://no.such.host.invalid:8020/x | unknown host no.such.host.invalid",
        "data.path | nofs://b/x | No FileSystem for scheme \"nofs\"",
      })
  void placeOfNoFileSystemIsRefusedBeforeAnyWork(String key, String place, String fact) {
    List<String> called = new ArrayList<>();
    assertThatThrownBy(() -> run(settings -> called.add("train"), key + "=" + place))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot use " + key + " = " + place + ": " + fact + " (")
        .hasMessageNotContaining("\n");
    assertThat(called).isEmpty();
  }

  @Test
  void errorOfTheDataIsOneOfTheUser() {
    Actions.Action action =
        settings -> {
          throw new DataException("Cannot read it: it is not there (put it there)");
        };
    assertThatThrownBy(() -> run(action, "output=" + directory))
        .isInstanceOf(UserException.class)
        .hasMessage("Cannot read it: it is not there (put it there)");
  }

  @Test
  void otherFailuresStayWhatTheyAre() {
    Actions.Action action =
        settings -> {
          throw new IOException("broken");
        };
    assertThatThrownBy(() -> run(action, "output=" + directory)).isInstanceOf(IOException.class);
  }

  private void run(Actions.Action action, String set) throws Exception {
    Path conf = Files.writeString(directory.resolve("test.conf"), "");
    UserErrors.of(action).run(Settings.load(conf, List.of(set)));
  }
}
