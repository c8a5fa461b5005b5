package io.blockwise.data.shard;

import io.blockwise.base.files.Storage;
import io.blockwise.data.source.RawRow;
import io.blockwise.data.source.RowReader;
import io.blockwise.data.source.Slice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/** A slice's rows for Spark; closes the files at the end of the task. Used by one thread. */
final class SliceRows implements Iterator<RawRow> {
  private final RowReader reader;
  private int left;

  SliceRows(Slice slice, Storage storage) throws IOException {
    reader = slice.open(storage);
    left = slice.rows();
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> close());
  }

  @Override
  public boolean hasNext() {
    return left > 0;
  }

  @Override
  public RawRow next() {
    if (left == 0) {
      throw new NoSuchElementException();
    }
    left--;
    try {
      return reader.next();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
