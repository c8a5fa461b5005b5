package io.blockwise.model.network;

import io.blockwise.model.averaging.TrainedBlocks;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * Figures of batches that come block by block, each block's in the order of the batches, and go out
 * batch by batch. Thread-safe.
 */
final class PartialFigures {
  private final Queue<Integer> examples = new ArrayDeque<>();
  private final List<Queue<BlockFigures>> blocks = new ArrayList<>();
  private TrainedBlocks expected;

  PartialFigures(int count) {
    for (int i = 0; i < count; i++) {
      blocks.add(new ArrayDeque<>());
    }
    expected = TrainedBlocks.all(count);
  }

  /** From here on these blocks train, and the others have no figures. */
  synchronized void expect(TrainedBlocks trained) {
    expected = trained;
  }

  /** A further batch has begun. */
  synchronized void begin(int itsExamples) {
    examples.add(itsExamples);
  }

  /** A block, by its index from 0, is done with its next batch. */
  synchronized void add(int index, BlockFigures figures) {
    blocks.get(index).add(figures);
  }

  /** Those of the batches that all blocks are done with; each once. */
  synchronized List<NetworkFigures> take() {
    List<NetworkFigures> done = new ArrayList<>();
    while (blocks.subList(expected.frozen(), expected.joined()).stream()
        .noneMatch(Queue::isEmpty)) {
      done.add(
          new NetworkFigures(
              examples.remove(), blocks.stream().map(PartialFigures::next).toList()));
    }
    return done;
  }

  private static BlockFigures next(Queue<BlockFigures> block) {
    return block.isEmpty() ? BlockFigures.NONE : block.remove();
  }

  /** Forgets all of them. */
  synchronized void clear() {
    examples.clear();
    blocks.forEach(Queue::clear);
  }
}
