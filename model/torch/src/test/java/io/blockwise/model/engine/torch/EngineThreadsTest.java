package io.blockwise.model.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.SmallBlocks;
import io.blockwise.model.engine.dl4j.Dl4jEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class EngineThreadsTest {
  private static final String LEADER = "team-leader";

  @Test
  void enginesOfOneProcessLeaveEachOthersThreadsAlone() {
    step(new TorchEngine());
    int threads = torch.get_num_threads();
    long interOp = torch.get_num_interop_threads();
    step(new Dl4jEngine());
    step(new TorchEngine());
    assertThat(torch.get_num_threads()).isEqualTo(threads);
    assertThat(torch.get_num_interop_threads()).isEqualTo(interOp).isEqualTo(1L);
  }

  /** A worker's thread leads a team of its own, which Linux gives the leader's name. */
  @Test
  void aWorkerHasItsOwnThreadsAndNoMore() throws Exception {
    ExecutorService worker = Executors.newSingleThreadExecutor(work -> new Thread(work, LEADER));
    try {
      worker.submit(() -> step(new TorchEngine())).get();
      assertThat(team()).isBetween(1L, (long) torch.get_num_threads());
    } finally {
      worker.shutdown();
    }
  }

  private static long team() throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.filter(task -> name(task).equals(LEADER)).count();
    }
  }

  private static String name(Path task) {
    try {
      return Files.readString(task.resolve("comm")).strip();
    } catch (IOException e) {
      return ""; // it has ended
    }
  }

  private static void step(Engine engine) {
    Block block =
        engine.block(SmallBlocks.contrastive(32), SmallBlocks.BORDER, 3, new SplittableRandom(1));
    try (block;
        Signal in = engine.signal(SmallBlocks.batch(64, 1))) {
      block.train(in, 1e-3).output().close();
    }
  }
}
