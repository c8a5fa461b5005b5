package io.blockwise.model.exits;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requireWithin;

import java.io.Serializable;

/**
 * Which block answers a row: always the same one, or the first whose exit is sure enough (methods
 * 2g). Every row is decided on by itself, whatever batch it is in; the last block answers whatever
 * has not left before. Immutable.
 */
public sealed interface ExitRule extends Serializable {
  /** The forms of {@link #parse}, for messages and help. */
  String FORMS = "full, a number of a block, confidence=T, entropy=T, agreement=N or patience=N";

  /** How alike scores of agreeing exits point, as their author has it. */
  double COSINE = 0.8;

  /**
   * The rule of a text: {@code full}, a block's number, {@code confidence=0.9}, {@code
   * entropy=0.1}, {@code agreement=1} or {@code patience=2}.
   *
   * @param key what is being named, for the message
   * @param blocks of the network
   * @throws io.blockwise.base.InvalidValueException if it says something else, or names a block
   *     that there is not
   */
  static ExitRule parse(String key, String text, int blocks) {
    String[] parts = text.split("=", 2);
    try {
      ExitRule rule =
          switch (parts[0]) {
            case "full" -> parts.length == 1 ? new Shortcut(blocks) : null;
            case "confidence" -> new Confidence(Double.parseDouble(parts[1]));
            case "entropy" -> new Entropy(Double.parseDouble(parts[1]));
            case "agreement" -> new Agreement(COSINE, Integer.parseInt(parts[1]));
            case "patience" -> new Patience(Integer.parseInt(parts[1]));
            default -> new Shortcut(Integer.parseInt(text));
          };
      if (rule != null) {
        rule.last(blocks);
        return rule;
      }
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw invalid(key, text, "must be " + FORMS);
    }
    throw invalid(key, text, "must be " + FORMS);
  }

  /**
   * Whether a row leaves after a block.
   *
   * @param said by the block's exit
   * @param agreed exits in a row up to this one that agreed with the one before
   */
  boolean leaves(Said said, int agreed);

  /** Whether two exits that follow each other agree. */
  default boolean agree(Said before, Said said) {
    return false;
  }

  /** Whether the exit of a block, from 1, has to be asked. */
  default boolean asks(int block, int blocks) {
    return true;
  }

  /** The block, from 1, that all rows leave at. */
  default int last(int blocks) {
    return blocks;
  }

  /**
   * One block answers all rows, and nothing behind it is computed: a shortcut, or with the last
   * block the full path.
   *
   * @param block from 1
   */
  record Shortcut(int block) implements ExitRule {
    public Shortcut {
      requireAtLeast("block", block, 1);
    }

    @Override
    public boolean leaves(Said said, int agreed) {
      return true;
    }

    @Override
    public boolean asks(int asked, int blocks) {
      return asked == block;
    }

    /**
     * @throws io.blockwise.base.InvalidValueException if there is no such block
     */
    @Override
    public int last(int blocks) {
      return requireWithin("block", block, 1, blocks);
    }
  }

  /**
   * Leaves where the highest probability is large (Peng).
   *
   * @param threshold least confidence with which a row leaves, 0..1
   */
  record Confidence(double threshold) implements ExitRule {
    public Confidence {
      requireWithin("threshold", threshold, 0, 1);
    }

    @Override
    public boolean leaves(Said said, int agreed) {
      return said.confidence() >= threshold;
    }
  }

  /**
   * Leaves where the entropy of the probabilities is small (BranchyNet).
   *
   * @param threshold entropy below which a row leaves, as a share of that of equal probabilities,
   *     0..1
   */
  record Entropy(double threshold) implements ExitRule {
    public Entropy {
      requireWithin("threshold", threshold, 0, 1);
    }

    @Override
    public boolean leaves(Said said, int agreed) {
      return said.entropy() < threshold;
    }
  }

  /**
   * Leaves where exits that follow each other name the same class with scores that point the same
   * way (Huang).
   *
   * @param cosine that their scores have to exceed, -1..1
   * @param patience exits in a row that have to agree with the one before, at least 1
   */
  record Agreement(double cosine, int patience) implements ExitRule {
    public Agreement {
      requireWithin("cosine", cosine, -1, 1);
      requireAtLeast("patience", patience, 1);
    }

    @Override
    public boolean leaves(Said said, int agreed) {
      return agreed >= patience;
    }

    @Override
    public boolean agree(Said before, Said said) {
      return before.label() == said.label() && before.cosine(said) > cosine;
    }
  }

  /**
   * Leaves where exits that follow each other name the same class (PABEE).
   *
   * @param patience exits in a row that have to agree with the one before, at least 1
   */
  record Patience(int patience) implements ExitRule {
    public Patience {
      requireAtLeast("patience", patience, 1);
    }

    @Override
    public boolean leaves(Said said, int agreed) {
      return agreed >= patience;
    }

    @Override
    public boolean agree(Said before, Said said) {
      return before.label() == said.label();
    }
  }
}
