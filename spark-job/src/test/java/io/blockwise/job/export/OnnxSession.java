package io.blockwise.job.export;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.blockwise.job.prediction.RowReader;
import io.blockwise.model.spec.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A model in ONNX Runtime, on one thread. */
final class OnnxSession implements AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  OnnxSession(byte[] file) throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    session = environment.createSession(file, options);
  }

  /** Names of what it reads. */
  List<String> inputs() {
    return List.copyOf(session.getInputNames());
  }

  Map<String, String> metadata() throws OrtException {
    return session.getMetadata().getCustomMetadata();
  }

  /**
   * What it says of some rows.
   *
   * @param rows as Java reads them, before they are prepared
   * @param shapes of every field
   * @return row by row
   */
  float[][] answers(String output, List<RowReader.Read> rows, Map<String, Shape> shapes)
      throws OrtException {
    Map<String, OnnxTensorLike> fed = new LinkedHashMap<>();
    try {
      for (String field : session.getInputNames()) {
        List<Object> values = rows.stream().map(row -> row.values().get(field)).toList();
        fed.put(field, tensor(values, shapes.get(field)));
      }
      try (OrtSession.Result result = session.run(fed)) {
        return (float[][]) result.get(output).orElseThrow().getValue();
      }
    } finally {
      fed.values().forEach(OnnxTensorLike::close);
    }
  }

  private OnnxTensor tensor(List<Object> values, Shape shape) throws OrtException {
    if (values.get(0) instanceof int[]) {
      return ids(values);
    }
    long[] sizes = sizes(values.size(), shape);
    if (values.get(0) instanceof byte[]) {
      ByteBuffer pixels = ByteBuffer.allocateDirect(values.size() * shape.elements());
      values.forEach(value -> pixels.put((byte[]) value));
      return OnnxTensor.createTensor(environment, pixels.flip(), sizes, OnnxJavaType.UINT8);
    }
    FloatBuffer numbers = FloatBuffer.allocate(values.size() * shape.elements());
    values.forEach(value -> numbers.put((float[]) value));
    return OnnxTensor.createTensor(environment, numbers.flip(), sizes);
  }

  private OnnxTensor ids(List<Object> texts) throws OrtException {
    int positions = texts.stream().mapToInt(text -> ((int[]) text).length).max().orElseThrow();
    LongBuffer ids = LongBuffer.allocate(texts.size() * positions);
    for (Object text : texts) {
      for (int id : Arrays.copyOf((int[]) text, positions)) {
        ids.put(id);
      }
    }
    return OnnxTensor.createTensor(environment, ids.flip(), new long[] {texts.size(), positions});
  }

  private static long[] sizes(int rows, Shape shape) {
    long[] sizes = new long[shape.sizes().size() + 1];
    sizes[0] = rows;
    for (int i = 1; i < sizes.length; i++) {
      sizes[i] = shape.sizes().get(i - 1);
    }
    return sizes;
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
