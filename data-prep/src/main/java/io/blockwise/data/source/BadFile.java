package io.blockwise.data.source;

import java.io.Serializable;

/**
 * A file of the user's that cannot be read. Immutable.
 *
 * @param name below the data's folder, as in {@link RowId#file}
 * @param fault what is wrong: {@code is truncated}
 */
public record BadFile(String name, String fault) implements Serializable {
  @Override
  public String toString() {
    return name + " " + fault;
  }
}
