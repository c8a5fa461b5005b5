package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.engine.LossTerm;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.StateVectors;
import io.blockwise.model.engine.StepResult;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.ModuleSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A block on libtorch: layers, local loss and optimiser over one flat vector of parameters. */
final class TorchBlock implements Block {
  private final BlockSpec spec;
  private final Host host;
  private final FlatState parameters;
  private final FlatState statistics;
  private final Layer layers;
  private final LocalLoss loss;
  private final Optimiser optimiser;
  private final StateVectors state;
  private final Pass inference;

  TorchBlock(
      BlockSpec spec,
      Border border,
      int classes,
      RandomGenerator random,
      Host host,
      Autocast autocast) {
    this.spec = spec;
    this.host = host;
    BlockLayout layout = BlockLayout.of(spec, border, classes);
    parameters = new FlatState(layout.parameters(), layout.firstParameters(random), host);
    statistics = new FlatState(layout.statistics(), layout.firstStatistics(), host);
    Map<String, ModuleSpec> modules = spec.modules(border, classes);
    layers = autocast.of(Layers.of(modules.get(BlockSpec.LAYERS)));
    loss = LocalLoss.of(spec.loss(), name -> autocast.exactly(Layers.of(modules.get(name))));
    optimiser = Optimiser.of(spec.optimiser(), parameters.layout(), host);
    state =
        new StateVectors(
            Map.of(
                StateKind.PARAMETERS, parameters,
                StateKind.STATISTICS, statistics,
                StateKind.OPTIMISER, optimiser));
    inference = new Pass(parameters.tensors(), statistics.tensors(), false);
  }

  @Override
  public StepResult train(Signal in, double learningRate) {
    return host.compute(() -> step((TorchSignal) in, learningRate));
  }

  private StepResult step(TorchSignal in, double learningRate) {
    Tensor leaf = parameters.leaf();
    Tensor statisticsBefore = statistics.values().clone();
    Pass pass = new Pass(parameters.tensors(leaf), statistics.tensors(), true);
    Tensor output = layers.forward(in.activation(), pass);
    LocalLoss.Outcome outcome = loss.evaluate(output, in.classes(), pass);
    Tensor gradient = gradient(outcome, leaf);
    float[] figures = figures(outcome, in.classes(), gradient);
    boolean finite = isFinite(figures);
    if (finite) {
      update(gradient, figures[figures.length - 1], learningRate);
    } else {
      statistics.values().copy_(statisticsBefore);
    }
    return new StepResult(in.next(output), finite, in.rows(), (int) figures[0], terms(figures));
  }

  private static Tensor gradient(LocalLoss.Outcome outcome, Tensor leaf) {
    Tensor objective = outcome.terms().get(0);
    for (Tensor term : outcome.terms().subList(1, outcome.terms().size())) {
      objective = objective.add(term);
    }
    return torch.grad(new TensorVector(objective), new TensorVector(leaf)).get(0);
  }

  /**
   * Correct answers, the loss's terms and the gradient's norm. Read in one go, since a GPU is
   * waited for each time that something is read.
   */
  private static float[] figures(LocalLoss.Outcome outcome, Tensor classes, Tensor gradient) {
    List<Tensor> scalars = new ArrayList<>();
    Tensor answers = outcome.scores().argmax(new LongOptional(1), false);
    scalars.add(answers.eq(classes).sum().to(ScalarType.Float));
    outcome.terms().forEach(term -> scalars.add(term.detach()));
    scalars.add(gradient.norm());
    float[] figures = new float[scalars.size()];
    Host.read(torch.stack(new TensorVector(scalars.toArray(Tensor[]::new)), 0), figures, 0);
    return figures;
  }

  private static boolean isFinite(float[] figures) {
    for (float figure : figures) {
      if (!Float.isFinite(figure)) {
        return false;
      }
    }
    return true;
  }

  private List<LossTerm> terms(float[] figures) {
    List<LossTerm> terms = new ArrayList<>();
    for (int i = 0; i < loss.terms().size(); i++) {
      terms.add(new LossTerm(loss.terms().get(i), figures[1 + i]));
    }
    return terms;
  }

  private void update(Tensor gradient, double norm, double learningRate) {
    double clip = spec.optimiser().clipNorm();
    if (clip > 0 && norm > clip) {
      gradient.mul_(new Scalar(clip / (norm + 1e-6)));
    }
    if (spec.optimiser().weightDecay() > 0) {
      gradient.add_(parameters.values(), new Scalar(spec.optimiser().weightDecay()));
    }
    optimiser.step(parameters.values(), gradient, learningRate);
  }

  @Override
  public Signal forward(Signal in) {
    TorchSignal signal = (TorchSignal) in;
    return host.compute(() -> signal.next(layers.forward(signal.activation(), inference)));
  }

  @Override
  public Signal answer(Signal output) {
    TorchSignal signal = (TorchSignal) output;
    return host.compute(() -> signal.next(loss.scores(signal.activation(), inference)));
  }

  @Override
  public BlockSpec spec() {
    return spec;
  }

  @Override
  public TensorTable parameters() {
    return parameters.table();
  }

  @Override
  public TensorTable statistics() {
    return statistics.table();
  }

  @Override
  public int length(StateKind kind) {
    return state.length(kind);
  }

  @Override
  public void read(StateKind kind, float[] into) {
    host.run(() -> state.read(kind, into));
  }

  @Override
  public void adopt(StateKind kind, float[] from) {
    host.run(() -> state.adopt(kind, from));
  }

  @Override
  public void close() {
    parameters.close();
    statistics.close();
    optimiser.close();
  }
}
