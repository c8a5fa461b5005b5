package io.blockwise.model.engine.dl4j;

import static io.blockwise.model.engine.dl4j.NativeOp.in;

import io.blockwise.model.spec.Shape;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The sum of two chains that read the same. Neither may overwrite what it reads, which a module's
 * first layer never does. Used by one thread.
 */
final class ResidualLayer implements Layer {
  private final String name;
  private final Chain body;
  private final Chain shortcut;
  private final Memory memory;
  private final NativeOp sum = new NativeOp("add");

  ResidualLayer(String name, Chain body, Chain shortcut, Memory memory) {
    this.name = name;
    this.body = body;
    this.shortcut = shortcut;
    this.memory = memory;
  }

  @Override
  public Shape output() {
    return body.output();
  }

  @Override
  public boolean trains() {
    return body.trains() || shortcut.trains();
  }

  @Override
  public INDArray train(INDArray x) {
    return sum(body.train(x), shortcut.train(x));
  }

  @Override
  public INDArray infer(INDArray x) {
    return sum(body.infer(x), shortcut.infer(x));
  }

  private INDArray sum(INDArray main, INDArray side) {
    INDArray y = memory.take(name, main.shape());
    sum.run(in(main, side), y);
    return y;
  }

  /** Both ways back use the same space for gradients, so what one gave is put aside. */
  @Override
  public INDArray backward(INDArray dy) {
    INDArray aside = copy(name + ".dy", dy);
    INDArray through = body.backward(dy);
    if (!shortcut.layers().isEmpty()) {
      INDArray ofBody = copy(name + ".dx", through);
      through = shortcut.backward(aside);
      aside = ofBody;
    }
    sum.run(in(through, aside), through);
    return through;
  }

  private INDArray copy(String key, INDArray gradient) {
    return memory.take(key, gradient.shape()).assign(gradient);
  }

  @Override
  public void stepTaken() {
    body.stepTaken();
    shortcut.stepTaken();
  }
}
