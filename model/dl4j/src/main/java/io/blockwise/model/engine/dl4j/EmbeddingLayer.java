package io.blockwise.model.engine.dl4j;

import static io.blockwise.model.engine.dl4j.NativeOp.in;

import io.blockwise.model.spec.Shape;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The row of a table for every token; reads ids, {@code [rows, positions]}. */
final class EmbeddingLayer implements Layer {
  private final String name;
  private final Shape output;
  private final Memory memory;
  private final Beside beside;
  private final INDArray table;
  private final Optional<LearnedRows> learned;
  private final NativeOp gather = new NativeOp("gather", 0);

  EmbeddingLayer(String name, Shape output, Construction in) {
    this.name = name;
    this.output = output;
    memory = in.memory();
    beside = in.beside();
    table = in.parameter(name + ".weight").value();
    learned = in.rows();
  }

  @Override
  public Shape output() {
    return output;
  }

  @Override
  public boolean trains() {
    return learned.isPresent();
  }

  @Override
  public INDArray train(INDArray x) {
    return infer(x);
  }

  @Override
  public INDArray infer(INDArray x) {
    INDArray y = memory.take(name, x.size(0), x.size(1), table.size(1));
    gather.run(in(table, x), y);
    return y;
  }

  /** Ids have no gradient, so nothing reads what this returns. */
  @Override
  public INDArray backward(INDArray dy) {
    long tokens = dy.size(0) * dy.size(1);
    learned.ifPresent(rows -> rows.backward(memory.as(dy, tokens, dy.size(2)), beside.texts()));
    return dy;
  }
}
