package io.blockwise.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
  @ParameterizedTest
  @CsvSource({
    "s3a://AKIAIOSFODNN7EXAMPLE:abc/d+e@bucket/x, s3a://(redacted)@bucket/x",
    "https://me:pass@host:80/x, https://(redacted)@host:80/x",
    "the key AKIAIOSFODNN7EXAMPLE is, the key (redacted) is",
    "https://h/x?a=1&token=t0ps3cret&b=2, https://h/x?a=1&token=(redacted)&b=2",
    "https://h/x?sig=abc%2F, https://h/x?sig=(redacted)",
    "ghp_0123456789abcdefghij0123456789abcdef, (redacted)",
  })
  void secretThatShowsByItsFormIsTakenOut(String text, String safe) {
    assertThat(Redaction.of(text)).isEqualTo(safe);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/data/cifar-10",
        "hdfs://host:8020/a@b",
        "abfss://container@account.dfs.core.windows.net/x",
        "s3a://bucket/tokens/key=7",
        "20260131T120000Z-seed1",
      })
  void placesStayAsTheyAre(String text) {
    assertThat(Redaction.of(text)).isEqualTo(text);
  }
}
