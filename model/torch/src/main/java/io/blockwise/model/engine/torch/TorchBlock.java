package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.engine.Pace;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.StateVectors;
import io.blockwise.model.engine.Step;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.ModuleSpec;
import io.blockwise.model.spec.Momentum;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A block on libtorch: layers, local loss and optimiser over one flat vector of parameters. */
final class TorchBlock implements Block {
  private final BlockSpec spec;
  private final Host host;
  private final Trainable parameters;
  private final FlatState statistics;
  private final GuardedUpdate update;
  private final SlowCopy slow;
  private final Optional<Layer> context;
  private final boolean handsImageOn;
  private final SideReader sides;
  private final Layer layers;
  private final LocalLoss loss;
  private final Optional<Chance> chance;
  private final StateVectors state;
  private Pass inference;

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
    parameters = new Trainable(spec, layout, random, host);
    statistics =
        new FlatState(StateKind.STATISTICS, layout.statistics(), layout.firstStatistics(), host);
    update = new GuardedUpdate(parameters, statistics, spec.optimiser().clipNorm());
    Map<String, ModuleSpec> modules = spec.modules(border, classes);
    context =
        Optional.ofNullable(modules.get(BlockSpec.CONTEXT))
            .map(module -> autocast.of(Layers.of(module)));
    handsImageOn = border.image().isPresent();
    sides = new SideReader(spec, modules, autocast::of, host);
    layers = autocast.of(Layers.of(modules.get(BlockSpec.LAYERS)));
    slow = new SlowCopy(layout.slow(), spec.momentum().rate(), host);
    UnaryOperator<Layer> beforeExit =
        spec.momentum().exists()
            ? SlowCopy.mixed(
                Layers.of(modules.get(Momentum.LOCAL)), Layers.of(modules.get(Momentum.SLOW)))
            : exit -> exit;
    loss =
        LocalLoss.of(
            spec.loss(),
            new LocalLoss.Parts(
                name -> autocast.exactly(module(name, modules, beforeExit)), border, classes));
    chance =
        modules.values().stream().anyMatch(ModuleSpec::leavesToChance)
            ? Optional.of(new Chance(host, random.nextLong()))
            : Optional.empty();
    state =
        new StateVectors(parameters.values(), statistics, parameters.optimiser(), slow.values());
    inference = new Pass(parameters.values().tensors(), statistics.tensors(), false);
  }

  private static Layer module(
      String name, Map<String, ModuleSpec> modules, UnaryOperator<Layer> beforeExit) {
    Layer module = Layers.of(modules.get(name));
    return name.equals(BlockSpec.EXIT) ? beforeExit.apply(module) : module;
  }

  @Override
  public void before(Block next) {
    TorchBlock following = (TorchBlock) next;
    slow.follows(following.parameters.values(), following.statistics);
    adopt(StateKind.SLOW, beginning(StateKind.SLOW));
    // answers are those of a published model, which has the next block itself
    inference =
        new Pass(
            SlowCopy.beside(parameters.values().tensors(), slow.followed()),
            SlowCopy.beside(statistics.tensors(), slow.statistics()),
            false);
  }

  @Override
  public float[] beginning(StateKind kind) {
    return kind == StateKind.SLOW ? slow.beginning() : Block.super.beginning(kind);
  }

  @Override
  public void follow() {
    slow.step();
  }

  @Override
  public Step train(Signal in, Pace pace) {
    return begin(in, pace, this::apart);
  }

  @Override
  public Step begin(Signal in, Pace pace) {
    return begin(in, pace, this::late);
  }

  private Step begin(Signal in, Pace pace, WayBack back) {
    return host.compute(() -> begin((TorchSignal) in, pace, back));
  }

  /** What follows the way forward: now, or later. */
  private interface WayBack {
    Step of(TorchSignal in, Forward forward, LocalLoss.Outcome outcome, Pace pace, Beside beside);
  }

  /** Only hands operations to the device: nothing here waits for it. */
  private Step begin(TorchSignal in, Pace pace, WayBack back) {
    Tensor before = statistics.values().clone();
    Beside beside = in.beside(chance, spec.embeddedField());
    Tensor leaf = parameters.leaf(beside);
    Map<String, Tensor> all = SlowCopy.beside(parameters.tensors(leaf), slow.values().tensors());
    SideReader.Read read = read(in.start(), in, new Pass(all, statistics.tensors(), true, beside));
    Pass pass = read.pass();
    Tensor output = layers.forward(read.activation(), pass);
    LocalLoss.Outcome outcome =
        // whatever recurs in an exit or a head hands nothing on
        loss.evaluate(in.lossInput(output, pass.aside(), spec.exit()));
    List<Tensor> own = ownFigures(in, outcome);
    Forward forward = new Forward(leaf, before, output, outcome.objective(), own);
    Step step = back.of(in, forward, outcome, pace, pass.beside());
    read.close();
    return step;
  }

  private Step apart(
      TorchSignal in, Forward forward, LocalLoss.Outcome outcome, Pace pace, Beside beside) {
    return spec.span() == 1 && in.open().isEmpty()
        ? whole(in, forward, outcome, pace, beside)
        : open(in, forward, outcome, pace, beside);
  }

  /** What the layers read. */
  private SideReader.Read read(Tensor activation, TorchSignal in, Pass pass) {
    Tensor withImage =
        context.map(of -> activation.add(of.forward(in.image(), pass))).orElse(activation);
    return sides.read(withImage, in.sides(), pass);
  }

  /** What goes on beside the output. */
  private TorchSignal.Others others(TorchSignal in, Optional<Tensor> target, Beside beside) {
    Map<TorchSignal.Part, Tensor> others = new EnumMap<>(TorchSignal.Part.class);
    target.ifPresent(tensor -> others.put(TorchSignal.Part.TARGET, tensor));
    if (handsImageOn) {
      others.put(TorchSignal.Part.IMAGE, in.image());
    }
    beside.states().hidden().ifPresent(its -> others.put(TorchSignal.Part.HIDDEN, its));
    beside.states().cell().ifPresent(its -> others.put(TorchSignal.Part.CELL, its));
    return new TorchSignal.Others(others, beside.texts());
  }

  private static List<Tensor> ownFigures(TorchSignal in, LocalLoss.Outcome outcome) {
    List<Tensor> own = new ArrayList<>();
    Tensor answers = outcome.scores().argmax(new LongOptional(1), false);
    own.add(answers.eq(in.rowLabels().classes()).sum(new ScalarTypeOptional(ScalarType.Float)));
    outcome.terms().forEach(term -> own.add(term.value().detach()));
    return own;
  }

  private Step whole(
      TorchSignal in, Forward forward, LocalLoss.Outcome outcome, Pace pace, Beside beside) {
    Tensor gradient = forward.gradient();
    Tensor norm = gradient.norm();
    Tensor figures = forward.figures(in.fault(), norm);
    Tensor fault = update.take(figures, norm, gradient, forward.statistics(), pace, beside);
    TorchSignal next = in.next(forward.output(), fault, others(in, outcome.target(), beside));
    return new TorchStep(host, next, outcome.terms(), Scope.keep(figures));
  }

  /** A step that takes its update when it is complete. */
  private Step open(
      TorchSignal in, Forward forward, LocalLoss.Outcome outcome, Pace pace, Beside beside) {
    // vectors that stay as they are have nothing to hear
    boolean hears = spec.span() == 2 && forward.output().requires_grad();
    OpenStep step = new OpenStep(in, forward, hears);
    OpenStep.Update end = update.of(pace, beside);
    TorchSignal next = in.next(step, others(in, outcome.target(), beside));
    return new TorchStep(host, next, outcome.terms(), () -> step.complete(end));
  }

  /** A step that goes back when it is complete, by whichever thread. */
  private Step late(
      TorchSignal in, Forward forward, LocalLoss.Outcome outcome, Pace pace, Beside beside) {
    LateStep step = new LateStep(in, forward, host.zero());
    OpenStep.Update end = update.of(pace, beside);
    TorchSignal next = in.next(step, others(in, outcome.target(), beside));
    return new TorchStep(host, next, outcome.terms(), () -> step.complete(end));
  }

  @Override
  public Signal forward(Signal in) {
    TorchSignal signal = (TorchSignal) in;
    return host.compute(
        () -> {
          SideReader.Read read = inferred(signal);
          Tensor output = layers.forward(read.activation(), read.pass());
          return handedOn(signal, read, output, Optional.empty());
        });
  }

  private SideReader.Read inferred(TorchSignal in) {
    Beside beside = in.beside(Optional.empty(), spec.embeddedField());
    return read(in.activation(), in, inference.with(beside));
  }

  private Signal handedOn(
      TorchSignal in, SideReader.Read read, Tensor output, Optional<Tensor> target) {
    Signal next = in.next(output, in.fault(), others(in, target, read.pass().beside()));
    read.close();
    return next;
  }

  @Override
  public Signal handOn(Signal in) {
    TorchSignal signal = (TorchSignal) in;
    return host.compute(
        () -> {
          SideReader.Read read = inferred(signal);
          Tensor output = layers.forward(read.activation(), read.pass());
          Optional<Tensor> target =
              loss.target(signal.lossInput(output, read.pass().aside(), spec.exit()));
          return handedOn(signal, read, output, target);
        });
  }

  @Override
  public Signal answer(Signal output) {
    return next((TorchSignal) output, loss::scores);
  }

  @Override
  public Signal decode(Signal answer) {
    if (loss.decoder().isEmpty()) {
      return answer;
    }
    Layer decoder = loss.decoder().get();
    try (answer) {
      return next((TorchSignal) answer, decoder::forward);
    }
  }

  private Signal next(TorchSignal in, Layer of) {
    return host.compute(
        () -> {
          Beside beside = in.beside(Optional.empty(), Optional.empty());
          Tensor output = of.forward(in.activation(), inference.with(beside));
          return in.next(output, in.fault(), others(in, Optional.empty(), beside));
        });
  }

  @Override
  public BlockSpec spec() {
    return spec;
  }

  @Override
  public TensorTable parameters() {
    return parameters.values().table();
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
  public int[] takeChangedRows() {
    return parameters.takeChangedRows();
  }

  @Override
  public void readRows(int[] rows, float[] into) {
    parameters.readRows(rows, into);
  }

  @Override
  public void adoptRows(int[] rows, float[] from) {
    parameters.adoptRows(rows, from);
  }

  @Override
  public void readRest(float[] into) {
    parameters.readRest(into);
  }

  @Override
  public void adoptRest(float[] from) {
    parameters.adoptRest(from);
  }

  @Override
  public void close() {
    parameters.close();
    statistics.close();
    slow.values().close();
  }
}
