package io.blockwise.data.learn;

import io.blockwise.base.files.Digests;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.ListedFile;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.text.EmbeddingMatrix;
import io.blockwise.data.text.TextEncoder;
import io.blockwise.data.text.Vocabulary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.broadcast.Broadcast;

/** Turns texts into ids of a vocabulary. Used by one thread once it has arrived at a task. */
final class LearnedVocabulary implements Learned {
  private static final long serialVersionUID = 1;

  private final String field;
  private final TokensKind kind;
  private final String prefix;
  private final Broadcast<Vocabulary> vocabulary;

  /** On the driver alone, which writes it: tasks need no vectors, and they are large. */
  private final transient Optional<EmbeddingMatrix> vectors;

  private transient TextEncoder encoder;

  /**
   * @param prefix of the names of its files
   */
  LearnedVocabulary(
      String field,
      TokensKind kind,
      String prefix,
      Broadcast<Vocabulary> vocabulary,
      Optional<EmbeddingMatrix> vectors) {
    this.field = field;
    this.kind = kind;
    this.prefix = prefix;
    this.vocabulary = vocabulary;
    this.vectors = vectors;
  }

  @Override
  public RowSchema schema() {
    return new RowSchema(Map.of(field, kind));
  }

  @Override
  public byte[][] values(byte[][] raw) {
    if (encoder == null) {
      encoder = new TextEncoder(kind, vocabulary.value());
    }
    int[] ids = encoder.ids(raw[0]);
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * ids.length);
    bytes.asIntBuffer().put(ids);
    return new byte[][] {bytes.array()};
  }

  @Override
  public List<ListedFile> writeBeside(Storage storage, Path directory) throws IOException {
    List<ListedFile> files = new ArrayList<>();
    byte[] words = vocabulary.value().bytes();
    files.add(write(storage, new Path(directory, prefix + Vocabulary.FILE_NAME), words));
    if (vectors.isPresent()) {
      Path file = new Path(directory, prefix + EmbeddingMatrix.FILE_NAME);
      files.add(write(storage, file, vectors.get().bytes()));
    }
    return files;
  }

  private static ListedFile write(Storage storage, Path file, byte[] bytes) throws IOException {
    storage.write(file, bytes);
    return new ListedFile(file.getName(), bytes.length, Digests.sha256(bytes));
  }
}
