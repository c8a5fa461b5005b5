package io.blockwise.data.shard;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.spark.serializer.DeserializationStream;
import org.apache.spark.serializer.SerializationStream;
import org.apache.spark.serializer.Serializer;
import org.apache.spark.serializer.SerializerInstance;
import scala.reflect.ClassTag;

/**
 * Writes rows, keys and values alike, for Spark's shuffle: their bytes and nothing else, where
 * Java's serialisation takes longer than all other work on a short text. Thread-safe.
 */
final class RowSerializer extends Serializer implements Serializable {
  private static final long serialVersionUID = 1;

  @Override
  public SerializerInstance newInstance() {
    return new Instance();
  }

  /** Rows stand for themselves, so Spark may sort them as bytes. */
  @Override
  public boolean supportsRelocationOfSerializedObjects() {
    return true;
  }

  /** Spark writes rows one by one; single objects are not what this is for. */
  private static UnsupportedOperationException rowsOnly() {
    return new UnsupportedOperationException("a serializer of rows alone");
  }

  private static final class Instance extends SerializerInstance {
    @Override
    public <T> ByteBuffer serialize(T value, ClassTag<T> tag) {
      throw rowsOnly();
    }

    @Override
    public <T> T deserialize(ByteBuffer bytes, ClassTag<T> tag) {
      throw rowsOnly();
    }

    @Override
    public <T> T deserialize(ByteBuffer bytes, ClassLoader loader, ClassTag<T> tag) {
      throw rowsOnly();
    }

    @Override
    public SerializationStream serializeStream(OutputStream out) {
      return new Out(new DataOutputStream(out));
    }

    @Override
    public DeserializationStream deserializeStream(InputStream in) {
      return new In(new DataInputStream(in));
    }
  }

  /** Used by one thread. */
  private static final class Out extends SerializationStream {
    private final DataOutputStream out;

    Out(DataOutputStream out) {
      this.out = out;
    }

    @Override
    public <T> SerializationStream writeKey(T key, ClassTag<T> tag) {
      return written(() -> ((RowKey) key).write(out));
    }

    @Override
    public <T> SerializationStream writeValue(T value, ClassTag<T> tag) {
      byte[][] fields = (byte[][]) value;
      return written(
          () -> {
            out.writeInt(fields.length);
            for (byte[] field : fields) {
              out.writeInt(field.length);
              out.write(field);
            }
          });
    }

    @Override
    public <T> SerializationStream writeObject(T value, ClassTag<T> tag) {
      throw rowsOnly();
    }

    private SerializationStream written(Writing writing) {
      try {
        writing.run();
        return this;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void flush() {
      written(out::flush);
    }

    @Override
    public void close() {
      written(out::close);
    }
  }

  private interface Writing {
    void run() throws IOException;
  }

  /** Used by one thread. */
  private static final class In extends DeserializationStream {
    private final DataInputStream in;

    In(DataInputStream in) {
      this.in = in;
    }

    @Override
    @SuppressWarnings("unchecked") // keys are what is written as such
    public <T> T readKey(ClassTag<T> tag) {
      return (T) read(() -> RowKey.read(in));
    }

    @Override
    @SuppressWarnings("unchecked") // likewise values
    public <T> T readValue(ClassTag<T> tag) {
      return (T)
          read(
              () -> {
                byte[][] fields = new byte[in.readInt()][];
                for (int i = 0; i < fields.length; i++) {
                  fields[i] = new byte[in.readInt()];
                  in.readFully(fields[i]);
                }
                return fields;
              });
    }

    @Override
    public <T> T readObject(ClassTag<T> tag) {
      throw rowsOnly();
    }

    private <R> R read(Reading<R> reading) {
      try {
        return reading.run();
      } catch (IOException e) {
        throw undeclared(e);
      }
    }

    /** Spark knows the end by the exception itself, which its Scala does not declare. */
    @SuppressWarnings("unchecked") // nothing is cast: the type stands for what the caller declares
    private static <E extends Exception> RuntimeException undeclared(Exception e) throws E {
      throw (E) e;
    }

    @Override
    public void close() {
      read(
          () -> {
            in.close();
            return in;
          });
    }
  }

  private interface Reading<R> {
    R run() throws IOException;
  }
}
