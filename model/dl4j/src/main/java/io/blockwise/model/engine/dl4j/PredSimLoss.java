package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.LossTerm;
import io.blockwise.model.spec.Shape;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Similarity matching and local prediction (Nøkland and Eidnes 2019; methods 2e), the similarity as
 * a graph.
 *
 * <pre>
 *   L = beta mean_ij (S(head(s)) - S(Y))^2 + (1 - beta) CE(exit(s), y)
 *   S(A) = N N^T,  N_i = (A_i - mean(A_i)) / (|A_i - mean(A_i)| + 1e-8)
 * </pre>
 *
 * S(Y) of one-hot labels is 1 for equal classes and {@code -1 / (classes - 1)} for others. Only
 * rounding takes S beyond [-1, 1].
 */
final class PredSimLoss implements LocalLoss {
  /** Below a root, whose slope at 0 would not be finite; lost in the rounding of anything else. */
  private static final double TINY = 1e-30;

  private final Layer head;
  private final Exit exit;
  private final double beta;
  private final Memory memory;
  private final Graph graph;
  private final SDVariable embeddings;
  private final SDVariable oneHot;
  private final SDVariable term;
  private final Tape forward;
  private final Tape backward;

  PredSimLoss(Layer head, Exit exit, double beta, Memory memory) {
    this.head = head;
    this.exit = exit;
    this.beta = beta;
    this.memory = memory;
    graph = new Graph("similarity", memory);
    embeddings = graph.input("embeddings", head.output());
    oneHot = graph.input("one-hot", Shape.vector(exit.classes()));
    SDVariable rows = rows(embeddings, head.output());
    SDVariable distance = similarity(graph, rows).sub(similarity(graph, oneHot));
    term = distance.mul(distance).mean().mul(beta);
    forward = graph.forward(term);
    backward = graph.backward(forward, term, embeddings);
  }

  /** What of a map is compared: the deviation of each channel, of few channels all values. */
  private SDVariable rows(SDVariable a, Shape shape) {
    long positions = shape.elements() / shape.channels();
    if (shape.channels() <= 3 || positions == 1) {
      return a.reshape(-1, shape.elements());
    }
    SDVariable centred = centred(a.reshape(-1, positions, shape.channels()));
    SDVariable variance = centred.mul(centred).sum(1).mul(1.0 / (positions - 1));
    return graph.operations().math().sqrt(variance.add(TINY));
  }

  static SDVariable similarity(Graph graph, SDVariable rows) {
    SDVariable centred = centred(rows);
    SDVariable squares = centred.mul(centred).sum(true, 1);
    SDVariable norm = graph.operations().math().sqrt(squares.add(TINY));
    SDVariable n = centred.div(norm.add(1e-8));
    return graph.operations().mmul(n, n, false, true, false);
  }

  private static SDVariable centred(SDVariable a) {
    return a.sub(a.mean(true, 1));
  }

  @Override
  public Outcome evaluate(LossInput in) {
    SoftmaxCrossEntropy.Outcome prediction = exit.evaluate(in);
    INDArray gradient = beta == 1 ? matched(in, prediction) : weighed(in, prediction);
    return new Outcome(
        List.of(
            new LossTerm("similarity", graph.value(term).getDouble(0)),
            new LossTerm("prediction", (beta == 1 ? 1 : 1 - beta) * prediction.loss())),
        prediction.correct(),
        gradient);
  }

  /** Of the similarity alone the exit is a probe: its share would be nothing. */
  private INDArray matched(LossInput in, SoftmaxCrossEntropy.Outcome prediction) {
    exit.backwardDetached(prediction);
    return head.backward(match(head.train(in.output()), in.labels()));
  }

  private INDArray weighed(LossInput in, SoftmaxCrossEntropy.Outcome prediction) {
    prediction.gradient().muli(1 - beta);
    // Kept apart, since the head's way back takes the space of other gradients.
    INDArray predicted = memory.take("similarity.predicted", in.output().shape());
    predicted.assign(exit.backward(prediction));
    INDArray gradient = head.backward(match(head.train(in.output()), in.labels()));
    Maths.axpy(1, predicted, gradient);
    return gradient;
  }

  /** Evaluates the similarity; returns the gradient by the embeddings. */
  private INDArray match(INDArray values, int[] labels) {
    graph.set(embeddings, values);
    graph.set(oneHot, oneHot("similarity", exit.classes(), memory, labels));
    forward.run();
    backward.run();
    return graph.gradient(embeddings);
  }

  /** {@code [rows, classes]}, as {@code part} of the block. */
  static INDArray oneHot(String part, int classes, Memory memory, int... labels) {
    float[] host = new float[labels.length * classes];
    for (int row = 0; row < labels.length; row++) {
      host[row * classes + labels[row]] = 1;
    }
    INDArray array = memory.take(part + ".one-hot", labels.length, classes);
    Maths.write(host, 0, array);
    return array;
  }

  @Override
  public INDArray scores(INDArray output) {
    return exit.scores(output);
  }
}
