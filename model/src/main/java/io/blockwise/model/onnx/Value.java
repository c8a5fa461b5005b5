package io.blockwise.model.onnx;

import java.util.Optional;

/**
 * What goes from layer to layer: vectors {@code [rows, values]}, maps {@code [rows, channels,
 * height, width]}, sequences {@code [rows, positions, values]}, or ids {@code [rows, positions]}.
 * Immutable.
 *
 * @param name in the graph
 * @param lengths of the rows' texts, {@code int64 [rows]}; of a vector or map those of what it was
 *     made of, if that was a text
 * @param states that an LSTM with carry begins with
 */
record Value(String name, Optional<String> lengths, Optional<States> states) {
  /**
   * Of both directions at once, {@code [2, rows, units]}.
   *
   * @param hidden name in the graph
   * @param cell likewise
   */
  record States(String hidden, String cell) {}

  /** Of no text. */
  static Value of(String name) {
    return new Value(name, Optional.empty(), Optional.empty());
  }

  /** Of texts. */
  static Value of(String name, String lengths) {
    return new Value(name, Optional.of(lengths), Optional.empty());
  }

  /** Something else that was made of the same rows. */
  Value with(String other) {
    return new Value(other, lengths, states);
  }

  /** The same rows, behind which an LSTM begins otherwise. */
  Value with(States other) {
    return new Value(name, lengths, Optional.of(other));
  }

  /** The same, behind which an LSTM begins as it would behind another. */
  Value withStatesOf(Value other) {
    return new Value(name, lengths, other.states);
  }

  /** The lengths of what is a text. */
  String text() {
    return lengths.orElseThrow();
  }
}
