package io.blockwise.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UserExceptionTest {
  @Test
  void messageCanBePrintedWhateverItHolds() {
    assertThat(new UserException("Cannot read a\u001b[2J\u0007b: \u202eno"))
        .hasMessage("Cannot read a\\u001b[2J\\u0007b: \\u202eno");
    assertThat(new UserException("Cannot read s3a://me:hunter2@host/x: no", null))
        .hasMessage("Cannot read s3a://(redacted)@host/x: no");
    assertThat(new UserException("Cannot read:\n  a\n  b")).hasMessage("Cannot read:\n  a\n  b");
    assertThat(new UserException(null)).hasMessage("null");
  }
}
