package io.blockwise.data.source;

import io.blockwise.base.files.Storage;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * The same rows with the numbers that other classes give their labels. Immutable.
 *
 * @param labels what each label becomes
 */
record RelabelledSlice(Slice slice, List<Integer> labels) implements Slice {
  RelabelledSlice {
    labels = List.copyOf(labels);
  }

  @Override
  public int rows() {
    return slice.rows();
  }

  @Override
  public Slice without(Set<String> files) {
    return new RelabelledSlice(slice.without(files), labels);
  }

  @Override
  public Reader open(Storage storage) throws IOException {
    Reader reader = slice.open(storage);
    return new Reader() {
      @Override
      public RawRow next() throws IOException {
        RawRow row = reader.next();
        return new RawRow(row.id(), row.split(), labels.get(row.label()), row.values());
      }

      @Override
      public void close() throws IOException {
        reader.close();
      }
    };
  }
}
