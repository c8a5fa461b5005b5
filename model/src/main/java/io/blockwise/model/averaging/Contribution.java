package io.blockwise.model.averaging;

/**
 * An admitted push with its values decoded: a difference, or the whole value if the push is a copy.
 * Immutable.
 *
 * @param staleness in rounds of all workers
 */
record Contribution(Push push, double staleness, FloatVector values) {
  int worker() {
    return push.lease().worker();
  }

  boolean isCopy() {
    return push.kind() == Push.Kind.COPY;
  }
}
