package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.StateVectors;
import io.blockwise.model.engine.Step;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.ModuleSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
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
    parameters =
        new FlatState(
            StateKind.PARAMETERS, layout.parameters(), layout.firstParameters(random), host);
    statistics =
        new FlatState(StateKind.STATISTICS, layout.statistics(), layout.firstStatistics(), host);
    Map<String, ModuleSpec> modules = spec.modules(border, classes);
    layers = autocast.of(Layers.of(modules.get(BlockSpec.LAYERS)));
    loss =
        LocalLoss.of(
            spec.loss(),
            new LocalLoss.Parts(
                name -> autocast.exactly(Layers.of(modules.get(name))), border, classes));
    optimiser = Optimiser.of(spec.optimiser(), parameters.layout(), host);
    state = new StateVectors(parameters, statistics, optimiser);
    inference = new Pass(parameters.tensors(), statistics.tensors(), false);
  }

  @Override
  public Step train(Signal in, double learningRate) {
    return host.compute(() -> begin((TorchSignal) in, learningRate));
  }

  /** Only hands operations to the device: nothing here waits for it. */
  private Step begin(TorchSignal in, double learningRate) {
    Tensor statisticsBefore = statistics.values().clone();
    Forward forward = forward(in);
    LocalLoss.Outcome outcome = forward.outcome;
    Tensor gradient = gradient(outcome.objective(), forward.leaf);
    Tensor norm = gradient.norm();
    Tensor figures = figures(in, outcome, norm);
    Tensor fault = figures.mul(new Scalar(0.0)).sum(); // 0 times what is not finite is no number
    Guard guard = new Guard(fault.eq(new Scalar(0.0)), skip(fault), divisor(norm));
    statistics.keepIf(guard.taken(), statisticsBefore);
    optimiser.step(parameters.values(), gradient, learningRate, guard);
    TorchSignal next = in.next(forward.output, fault, outcome.target());
    return new TorchStep(host, next, outcome.terms(), Scope.keep(figures));
  }

  /**
   * A batch on its way through layers and loss.
   *
   * @param leaf the parameters, as the start of what is differentiated
   */
  private record Forward(Tensor leaf, Tensor output, LocalLoss.Outcome outcome) {}

  /** Updates the statistics; the parameters stay as they are. */
  private Forward forward(TorchSignal in) {
    Tensor leaf = parameters.leaf();
    Pass pass = new Pass(parameters.tensors(leaf), statistics.tensors(), true);
    Tensor output = layers.forward(in.activation(), pass);
    return new Forward(leaf, output, loss.evaluate(in.lossInput(output, pass)));
  }

  private static Tensor gradient(Tensor objective, Tensor leaf) {
    return torch.grad(new TensorVector(objective), new TensorVector(leaf)).get(0);
  }

  /** As {@link TorchStep} has them. */
  private static Tensor figures(TorchSignal in, LocalLoss.Outcome outcome, Tensor norm) {
    List<Tensor> scalars = new ArrayList<>();
    scalars.add(in.fault());
    Tensor answers = outcome.scores().argmax(new LongOptional(1), false);
    scalars.add(answers.eq(in.rowLabels().classes()).sum(new ScalarTypeOptional(ScalarType.Float)));
    outcome.terms().forEach(term -> scalars.add(term.value().detach()));
    scalars.add(norm);
    return torch.stack(new TensorVector(scalars.toArray(Tensor[]::new)), 0);
  }

  /** 1 for a fault, else 0. */
  private static Tensor skip(Tensor fault) {
    return fault.nan_to_num(new DoubleOptional(1), new DoubleOptional(), new DoubleOptional());
  }

  /** What brings a gradient of this norm down to the longest that is allowed. */
  private Optional<Tensor> divisor(Tensor norm) {
    double clip = spec.optimiser().clipNorm();
    return clip == 0
        ? Optional.empty()
        : Optional.of(norm.add(new Scalar(1e-6)).div(new Scalar(clip)).clamp_min(new Scalar(1.0)));
  }

  @Override
  public Signal forward(Signal in) {
    return next((TorchSignal) in, activation -> layers.forward(activation, inference));
  }

  @Override
  public Signal answer(Signal output) {
    return next((TorchSignal) output, activation -> loss.scores(activation, inference));
  }

  @Override
  public Signal decode(Signal answer) {
    if (loss.decoder().isEmpty()) {
      return answer;
    }
    Layer decoder = loss.decoder().get();
    try (answer) {
      return next((TorchSignal) answer, scores -> decoder.forward(scores, inference));
    }
  }

  private Signal next(TorchSignal in, UnaryOperator<Tensor> of) {
    return host.compute(() -> in.next(of.apply(in.activation()), in.fault(), Optional.empty()));
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
