package io.blockwise.model.onnx;

/** What a tensor is made of, by its number in {@code TensorProto.DataType}. */
enum ElementType {
  FLOAT(1),
  UINT8(2),
  INT32(6),
  INT64(7);

  private final int number;

  ElementType(int number) {
    this.number = number;
  }

  long number() {
    return number;
  }
}
