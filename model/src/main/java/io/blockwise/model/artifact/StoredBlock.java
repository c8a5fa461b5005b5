package io.blockwise.model.artifact;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Digests;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.TensorTable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Map;

/**
 * What a block has learned: its parameters and running statistics. Immutable.
 *
 * @param statistics without tensors if the block has no batch norm
 */
public record StoredBlock(Tensors parameters, Tensors statistics) {
  /** How many of a file's leading tensors are parameters; the others are statistics. */
  private static final String PARAMETER_TENSORS = "parameter_tensors";

  /**
   * Gives this state to a block.
   *
   * @throws UserException if the block has other tensors
   */
  public void adoptInto(Block block) {
    String task = "load a block";
    requireSame(task, parameters.table(), block.parameters());
    requireSame(task, statistics.table(), block.statistics());
    block.adopt(StateKind.PARAMETERS, parameters.toArray());
    block.adopt(StateKind.STATISTICS, statistics.toArray());
  }

  /** The state as a file. */
  Safetensors toSafetensors() {
    String count = Integer.toString(parameters.table().entries().size());
    return new Safetensors(Map.of(PARAMETER_TENSORS, count), parameters.append(statistics));
  }

  /** SHA-256 of the file that a model version keeps it in, lower-case hexadecimal. */
  public String sha256() {
    MessageDigest digest = Digests.sha256();
    try {
      toSafetensors().write(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Digests.hex(digest);
  }

  /** The state that {@link #toSafetensors} wrote. */
  static StoredBlock from(String file, Safetensors stored) {
    String count = stored.metadata().getOrDefault(PARAMETER_TENSORS, "none");
    int tensors = stored.tensors().table().entries().size();
    if (!count.matches("\\d{1,9}") || Integer.parseInt(count) > tensors) {
      throw UserException.cannot(
          "read " + file,
          "its metadata names " + count + " parameter tensors of " + tensors,
          "it was not written by Blockwise");
    }
    int split = Integer.parseInt(count);
    return new StoredBlock(
        stored.tensors().range(0, split), stored.tensors().range(split, tensors));
  }

  /** Whether no parameter and no statistic is NaN or infinite. */
  public boolean isFinite() {
    return parameters.isFinite() && statistics.isFinite();
  }

  /**
   * Refuses a file that holds other tensors than the network that it is to be of.
   *
   * @param file name for the message
   */
  void requireFits(String file, BlockLayout layout) {
    String task = "read " + file;
    requireSame(task, parameters.table(), layout.parameters());
    requireSame(task, statistics.table(), layout.statistics());
  }

  private static void requireSame(String task, TensorTable stored, TensorTable wanted) {
    for (int i = 0; i < Math.max(stored.entries().size(), wanted.entries().size()); i++) {
      String ours = describe(stored, i);
      String theirs = describe(wanted, i);
      if (!ours.equals(theirs)) {
        throw UserException.cannot(
            task,
            "the stored one has " + ours + " where the network has " + theirs,
            "the model was trained with another network");
      }
    }
  }

  private static String describe(TensorTable table, int i) {
    if (i >= table.entries().size()) {
      return "no tensor";
    }
    TensorTable.Entry entry = table.entries().get(i);
    return entry.name() + " " + entry.shape();
  }
}
