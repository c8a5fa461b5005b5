package io.blockwise.job.features;

/**
 * Where features are read. Immutable.
 *
 * @param block from 1
 * @param bridge whether behind the bridge of associated learning, b(s), which brings the block's
 *     output s to its target (methods 2b, 2j); else the output itself
 */
record Place(int block, boolean bridge) {
  /** As a table has it. */
  @Override
  public String toString() {
    return bridge ? block + ", bridge" : Integer.toString(block);
  }

  /** Name of the file of its picture. */
  String picture() {
    return "block-" + block + (bridge ? "-bridge.svg" : ".svg");
  }
}
