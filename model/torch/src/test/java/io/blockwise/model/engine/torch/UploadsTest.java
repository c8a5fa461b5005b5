package io.blockwise.model.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.SmallBlocks;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Without a stream of their own, as there is none on a CPU. */
class UploadsTest {
  private final TorchEngine engine = new TorchEngine();
  private final Uploads uploads = new Uploads(Optional.empty());
  private final Batch batch = SmallBlocks.batch(12, 1);

  @Test
  void aSignalMadeOnAnotherThreadIsHandedOutOnce() {
    TorchSignal made = made();
    CompletableFuture.runAsync(() -> uploads.begin(batch, () -> made)).join();
    assertThat(uploads.take(SmallBlocks.batch(12, 1))).as("of another batch").isEmpty();
    assertThat(uploads.take(batch)).containsSame(made);
    assertThat(uploads.take(batch)).isEmpty();
    assertThat(made.activation().isNull()).isFalse();
    made.close();
  }

  @Test
  void whatNobodyAskedForIsFreed() {
    TorchSignal first = made();
    TorchSignal second = made();
    uploads.begin(batch, () -> first);
    uploads.begin(batch, () -> second);
    assertThat(first.activation().isNull()).isTrue();
    assertThat(second.activation().isNull()).isFalse();
    uploads.close();
    assertThat(second.activation().isNull()).isTrue();
    assertThat(uploads.take(batch)).isEmpty();
  }

  @Test
  void whatCannotBeMadeAheadIsLeftToWhoAsksForIt() {
    uploads.begin(
        batch,
        () -> {
          throw new IllegalStateException("no memory");
        });
    assertThat(uploads.take(batch)).isEmpty();
  }

  private TorchSignal made() {
    return (TorchSignal) engine.signal(batch);
  }
}
