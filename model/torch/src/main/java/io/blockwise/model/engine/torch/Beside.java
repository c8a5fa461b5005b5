package io.blockwise.model.engine.torch;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * What a pass has beside the block's tensors: what comes with the batch. Used by one thread.
 *
 * @param texts how long the rows are, if they are texts
 * @param table those whose tokens the block's table is read by
 * @param chance decides on what is left out; nothing is without it
 * @param states of the last LSTM, which the next one may begin with
 */
record Beside(
    Optional<Texts> texts, Optional<Texts> table, Optional<Chance> chance, States states) {
  /** Of rows that are no texts. */
  static Beside nothing() {
    return new Beside(Optional.empty(), Optional.empty(), Optional.empty(), new States());
  }

  /** The same with states that may be set anew. */
  Beside aside() {
    States own = new States();
    states.hidden().ifPresent(hidden -> own.set(hidden, states.cell().orElseThrow()));
    return new Beside(texts, table, chance, own);
  }

  /** The same of rows of other lengths. */
  Beside with(Optional<Texts> others) {
    return new Beside(others, table, chance, states);
  }

  Texts requireTexts() {
    return required(texts);
  }

  Texts requireTable() {
    return required(table);
  }

  private static Texts required(Optional<Texts> texts) {
    return texts.orElseThrow(
        () -> new IllegalArgumentException("Cannot read texts: the batch has none"));
  }

  /** Final states of an LSTM, {@code [rows, 2, units]} each. */
  static final class States {
    private Optional<Tensor> hidden = Optional.empty();
    private Optional<Tensor> cell = Optional.empty();

    Optional<Tensor> hidden() {
      return hidden;
    }

    Optional<Tensor> cell() {
      return cell;
    }

    void set(Tensor itsHidden, Tensor itsCell) {
      hidden = Optional.of(itsHidden);
      cell = Optional.of(itsCell);
    }
  }
}
