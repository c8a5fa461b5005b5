package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.base.Names;
import io.blockwise.base.UserException;

/**
 * When a whole run stops before its last epoch, and which of its epochs is published. Immutable.
 *
 * @param epochs without an improvement; 0 for never
 * @param metric that improves
 * @param block whose figure that is
 * @param minDelta least improvement that counts, at least 0: a share of the rows, or nats
 */
public record PatienceSettings(int epochs, Metric metric, Block block, double minDelta) {
  public PatienceSettings {
    requireAtLeast("training.patience.epochs", epochs, 0);
    if (!(minDelta >= 0 && minDelta <= Double.MAX_VALUE)) {
      throw invalid("training.patience.min-delta", minDelta, "must be a number of at least 0");
    }
  }

  /** Figures of an epoch's snapshot on validation. */
  public enum Metric {
    /** Share of the rows that are answered correctly; the higher the better. */
    VALIDATION_ACCURACY {
      @Override
      public double gain(double from, double to) {
        return to - from;
      }
    },
    /** Mean cross-entropy of the exit's class scores in nats; the lower the better. */
    VALIDATION_LOSS {
      @Override
      public double gain(double from, double to) {
        return from - to;
      }
    };

    /** How much better one value is than another; below 0 if it is worse. */
    public abstract double gain(double from, double to);

    /** {@code validation-accuracy}. */
    public String text() {
      return Names.of(this);
    }
  }

  /**
   * A block, by its number from 1, or the last one. Immutable.
   *
   * @param number at least 1, or {@link #LAST}
   */
  public record Block(int number) {
    /** Not a number: the last block. */
    public static final int LAST = -1;

    private static final String NAME = "last";

    public Block {
      if (number != LAST && number < 1) {
        throw refused(Integer.toString(number));
      }
    }

    /**
     * Reads {@code last} or a number.
     *
     * @throws io.blockwise.base.InvalidValueException if it is neither
     */
    public static Block parse(String text) {
      try {
        int number = text.equals(NAME) ? LAST : Integer.parseInt(text);
        if (number >= 1 || text.equals(NAME)) {
          return new Block(number);
        }
      } catch (NumberFormatException e) {
        // refused below, together with -1
      }
      throw refused(text);
    }

    /** Its number in a network of so many blocks. */
    public int of(int blocks) {
      return number == LAST ? blocks : number;
    }

    private static RuntimeException refused(String text) {
      return invalid("training.patience.block", text, "must be last, or a block's number from 1");
    }

    /** In the form that {@link #parse} reads. */
    @Override
    public String toString() {
      return number == LAST ? NAME : Integer.toString(number);
    }
  }

  /** Whether a run stops early at all. */
  public boolean isOn() {
    return epochs > 0;
  }

  /** What an epoch is chosen by: accuracy of the last block on validation, unless this is on. */
  public PatienceSettings chooser() {
    return isOn()
        ? this
        : new PatienceSettings(0, Metric.VALIDATION_ACCURACY, new Block(Block.LAST), 0);
  }

  /**
   * Refuses a block that is not there, or does not train when all are.
   *
   * @param blocks of the network
   * @param frozen of them, the first ones, that stay as they are
   * @throws UserException that says so
   */
  public void requireTrains(int blocks, int frozen) {
    if (!isOn()) {
      return;
    }
    int number = block.of(blocks);
    if (number > blocks) {
      throw UserException.invalid(
          "training.patience.block", number, "must be last or from 1 to " + blocks);
    }
    if (number <= frozen) {
      throw UserException.invalid(
          "training.patience.block",
          number,
          "must be last or above " + frozen + ", since blocks up to that one stay as they are");
    }
  }
}
