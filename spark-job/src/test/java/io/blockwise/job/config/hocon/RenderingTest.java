package io.blockwise.job.config.hocon;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RenderingTest {
  record Stored(String secretKey, String user, Access access, Sources sources) {}

  record Access(String password, String tokenizer) {}

  @Test
  void textOfAKeyThatNamesASecretIsNotStored() {
    Sources sources = Sources.of(ConfigFactory.empty(), Map.of());
    Stored record = new Stored("a", "b", new Access("c", "d"), sources);
    assertThat(sources.rendered(record))
        .isEqualTo(
            """
            secret-key = "(redacted)"
            user = "b"
            access {
              password = "(redacted)"
              tokenizer = "d"
            }
            """);
  }
}
