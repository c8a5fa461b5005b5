package io.blockwise.model.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.SmallBlocks;
import io.blockwise.model.engine.dl4j.Dl4jEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class EngineThreadsTest {
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

  /** Each worker's thread leads a team of its own; another worker adds no more than that. */
  @Test
  void aFurtherWorkerTakesItsOwnThreadsAndNoMore() throws Exception {
    step(new TorchEngine());
    int budget = torch.get_num_threads();
    long before = osThreads();
    ExecutorService worker = Executors.newSingleThreadExecutor();
    try {
      worker.submit(() -> step(new TorchEngine())).get();
      assertThat(osThreads() - before).isBetween(0L, (long) budget + 2); // Java's own may come too
    } finally {
      worker.shutdown();
    }
  }

  private static long osThreads() throws Exception {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.count();
    }
  }

  private static void step(Engine engine) {
    Block block =
        engine.block(SmallBlocks.contrastive(32), SmallBlocks.INPUT, 3, new SplittableRandom(1));
    try (block;
        Signal in = engine.signal(SmallBlocks.batch(64, 1))) {
      block.train(in, 1e-3).output().close();
    }
  }
}
