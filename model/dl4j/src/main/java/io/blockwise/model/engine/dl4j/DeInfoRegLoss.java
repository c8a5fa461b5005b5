package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.LossTerm;
import io.blockwise.model.spec.DeInfoRegSpec;
import io.blockwise.model.spec.DeInfoRegSpec.Scaling;
import io.blockwise.model.spec.Shape;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Invariance, variance and covariance of the embeddings as one graph, and a cross-entropy (Huang
 * 2024; methods 2d).
 *
 * <pre>
 *   E = head(s);  A = E / |E_i|, or that times sqrt(D), or E;  C = A - mean of its rows
 *   invariance = mean_ij (S(Y) - S(E / |E_i|))^2
 *   variance   = mean_d max(0, 1 - sqrt(sum_i C_id^2 / (B - 1) + epsilon))    authors: / B
 *   covariance = sum_{i != j} (C^T C / (B - 1))_ij^2 / D                      authors: / B
 * </pre>
 */
final class DeInfoRegLoss implements LocalLoss {
  /** Below a root, whose slope at 0 would not be finite; lost in the rounding of anything else. */
  private static final double TINY = 1e-30;

  private final Chain head;
  private final Exit exit;
  private final DeInfoRegSpec spec;
  private final boolean merged;
  private final boolean authors;
  private final Memory memory;
  private final Graph graph;
  private final SDVariable embeddings;
  private final SDVariable oneHot;
  private final SDVariable ones;
  private final SDVariable perRow;
  private final SDVariable perVariance;
  private final List<SDVariable> terms;
  private final Tape forward;
  private final Tape backward;

  DeInfoRegLoss(DeInfoRegSpec spec, Parts of) {
    this.spec = spec;
    head = of.module("head");
    exit = of.exit();
    memory = of.memory();
    merged = spec.exit().kind() == DeInfoRegSpec.Exit.Kind.MERGE;
    authors = spec.scaling() == Scaling.AUTHORS;
    graph = new Graph("deinforeg", memory);
    embeddings = graph.input("embeddings", head.output());
    oneHot = graph.input("one-hot", Shape.vector(exit.classes()));
    ones = graph.input("ones", 1, -1);
    perRow = graph.input("per-row", 1, 1);
    perVariance = graph.input("per-variance", 1, 1);
    SDVariable norms = embeddings.mul(embeddings).sum(true, 1).add(TINY);
    SDVariable unit = embeddings.div(graph.operations().math().sqrt(norms));
    SDVariable centred = centred(unit);
    terms =
        List.of(
            invariance(unit).mul(spec.weight(0)),
            variance(centred).mul(spec.weight(1)),
            covariance(centred).mul(spec.weight(2)));
    SDVariable objective = terms.get(0).add(terms.get(1)).add(terms.get(2));
    forward = graph.forward(terms.get(0), terms.get(1), terms.get(2), objective);
    backward = graph.backward(forward, objective, embeddings);
  }

  private SDVariable invariance(SDVariable unit) {
    SDVariable apart =
        PredSimLoss.similarity(graph, unit).sub(PredSimLoss.similarity(graph, oneHot));
    return apart.mul(apart).mean();
  }

  /** What varies, less its mean over the rows. */
  private SDVariable centred(SDVariable unit) {
    SDVariable rows =
        switch (spec.scaling()) {
          case AUTHORS -> unit;
          case UNIT -> unit.mul(Math.sqrt(head.output().elements()));
          case VICREG -> embeddings;
        };
    return rows.sub(sumOfRows(rows).mul(perRow));
  }

  /** As a product: ND4J's reductions fail over an axis of one. */
  private SDVariable sumOfRows(SDVariable rows) {
    return graph.operations().mmul(ones, rows);
  }

  private SDVariable variance(SDVariable centred) {
    SDVariable variance = sumOfRows(centred.mul(centred)).mul(perVariance);
    SDVariable deviation = graph.operations().math().sqrt(variance.add(authors ? 1e-7 : 1e-4));
    SDVariable lack = deviation.neg().add(1);
    SDVariable hinge = lack.add(graph.operations().math().abs(lack)).mul(0.5).mean(true, 1);
    return (authors ? hinge.mul(perRow) : hinge).sum();
  }

  private SDVariable covariance(SDVariable centred) {
    SDVariable divisor = authors ? perRow : perVariance;
    SDVariable all = graph.operations().mmul(centred, centred, true, false, false).mul(divisor);
    SDVariable own = sumOfRows(centred.mul(centred)).mul(divisor);
    SDVariable apart = all.mul(all).sum().sub(own.mul(own).sum());
    return apart.mul(1.0 / head.output().elements());
  }

  @Override
  public Outcome evaluate(LossInput in) {
    INDArray e = head.train(in.output());
    LossInput read = merged ? in.reading(e) : in;
    SoftmaxCrossEntropy.Outcome prediction = exit.evaluate(read);
    prediction.gradient().muli(spec.alpha());
    // Kept apart, since ways back take turns in the space of their gradients.
    INDArray predicted = memory.take("deinforeg.predicted", e.shape());
    if (merged) {
      predicted.assign(exit.backward(prediction));
    } else {
      exit.backwardDetached(prediction);
    }
    INDArray gradient = regularised(e, in.labels());
    if (merged) {
      Maths.axpy(1, predicted, gradient);
    }
    return new Outcome(terms(prediction), prediction.correct(), head.backward(gradient));
  }

  /** Evaluates the terms of the embeddings; returns the gradient by them. */
  private INDArray regularised(INDArray e, int... labels) {
    graph.set(embeddings, e);
    graph.set(oneHot, PredSimLoss.oneHot("deinforeg", exit.classes(), memory, labels));
    graph.set(ones, memory.ones(labels.length));
    graph.set(perRow, scalar("deinforeg.per-row", 1.0 / labels.length));
    graph.set(perVariance, scalar("deinforeg.per-variance", 1.0 / Math.max(1, labels.length - 1)));
    forward.run();
    backward.run();
    return graph.gradient(embeddings);
  }

  private INDArray scalar(String key, double value) {
    INDArray scalar = memory.take(key, 1, 1);
    Maths.write(new float[] {(float) value}, 0, scalar);
    return scalar;
  }

  private List<LossTerm> terms(SoftmaxCrossEntropy.Outcome prediction) {
    return List.of(
        new LossTerm("invariance", value(0)),
        new LossTerm("variance", value(1)),
        new LossTerm("covariance", value(2)),
        new LossTerm("cross-entropy", spec.alpha() * prediction.loss()));
  }

  private double value(int term) {
    return graph.value(terms.get(term)).getDouble(0);
  }

  @Override
  public INDArray scores(INDArray output) {
    return exit.scores(merged ? head.infer(output) : output);
  }
}
