package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.engine.DropoutMasks;
import io.blockwise.model.engine.LossTerm;
import io.blockwise.model.engine.Pace;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.StateVectors;
import io.blockwise.model.engine.Step;
import io.blockwise.model.engine.StepResult;
import io.blockwise.model.engine.StepResult.Outcome;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.ModuleSpec;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A block on ND4J: layers, local loss and optimiser over one flat vector of parameters. */
final class Dl4jBlock implements Block {
  private final BlockSpec spec;
  private final Memory memory = new Memory();
  private final Trainable parameters;
  private final Parameters statistics;
  private final Chain layers;
  private final List<Chain> modules = new ArrayList<>();
  private final LocalLoss loss;
  private final Beside beside;
  private final StateVectors state;
  private Optional<NativeSignal.Pool> finalStates = Optional.empty();
  private final NativeSignal.Pool outputs;
  private final NativeSignal.Pool answers;
  private final Optional<NativeSignal.Pool> targets;

  Dl4jBlock(BlockSpec spec, Border border, int classes, RandomGenerator random) {
    this.spec = spec;
    BlockLayout layout = BlockLayout.of(spec, border, classes);
    parameters = new Trainable(spec, layout, random, memory);
    statistics = Parameters.kept(layout.statistics(), layout.firstStatistics());
    Map<String, ModuleSpec> specs = spec.modules(border, classes);
    beside = new Beside(masks(specs, random), memory);
    Construction in =
        new Construction(memory, parameters.values(), statistics, beside, parameters.rows());
    layers = module(specs.get(BlockSpec.LAYERS), in);
    loss =
        LocalLoss.of(
            spec.loss(),
            new LocalLoss.Parts(
                name -> module(specs.get(name), in), memory, border, classes, spec.exit()));
    outputs = new NativeSignal.Pool(layers.output());
    answers =
        new NativeSignal.Pool(loss.decoder().map(Layer::output).orElse(Shape.vector(classes)));
    targets = spec.output(border, classes).target().map(NativeSignal.Pool::new);
    state = new StateVectors(parameters.values(), statistics, parameters.optimiser());
  }

  private static Optional<DropoutMasks> masks(
      Map<String, ModuleSpec> modules, RandomGenerator random) {
    return modules.values().stream().anyMatch(ModuleSpec::leavesToChance)
        ? Optional.of(new DropoutMasks(random.nextLong()))
        : Optional.empty();
  }

  private Chain module(ModuleSpec spec, Construction in) {
    Chain module = Layers.of(spec, in);
    modules.add(module);
    return module;
  }

  @Override
  public Step train(Signal in, Pace pace) {
    NativeSignal signal = (NativeSignal) in;
    if (!signal.isFinite()) {
      Signal nothing = outputs.signal(signal.batch()).notFinite();
      return new Step.Done(nothing, StepResult.skipped(in.rows()));
    }
    Ahead ahead = forward(signal);
    StepResult result = back(ahead.outcome, in.rows(), pace);
    return new Step.Done(result.trained() ? ahead.next : ahead.next.notFinite(), result);
  }

  @Override
  public Step begin(Signal in, Pace pace) {
    NativeSignal signal = (NativeSignal) in;
    Ahead ahead = forward(signal);
    return new LateStep(
        ahead.next,
        () ->
            signal.isFinite()
                ? back(ahead.outcome, in.rows(), pace)
                : StepResult.skipped(in.rows()));
  }

  /** What the way forward has given: the next block's signal, and what the way back begins with. */
  private record Ahead(NativeSignal next, LocalLoss.Outcome outcome) {}

  /** Changes no state. */
  private Ahead forward(NativeSignal in) {
    BatchRows batch = in.batch();
    beside.begin(batch, in.states());
    INDArray output = layers.train(in.activation());
    LocalLoss.Outcome outcome = loss.evaluate(LossInput.of(output, in));
    NativeSignal next = withStates(outputs.copy(output, batch));
    outcome.target().ifPresent(target -> next.with(targets.orElseThrow().copy(target, batch)));
    return new Ahead(next, outcome);
  }

  private StepResult back(LocalLoss.Outcome loss, int rows, Pace pace) {
    boolean finite = loss.terms().stream().mapToDouble(LossTerm::value).allMatch(Double::isFinite);
    if (finite) {
      layers.backward(loss.gradient());
      finite = step(pace);
    }
    Outcome outcome = finite ? Outcome.TRAINED : Outcome.NOT_FINITE;
    return new StepResult(outcome, rows, loss.correct(), loss.terms());
  }

  private boolean step(Pace pace) {
    boolean taken = parameters.step(pace);
    if (taken) {
      modules.forEach(Layer::stepTaken);
    }
    return taken;
  }

  @Override
  public Signal forward(Signal in) {
    return withStates(of(in, layers::infer, outputs));
  }

  @Override
  public Signal handOn(Signal in) {
    NativeSignal signal = (NativeSignal) in;
    beside.begin(signal.batch(), signal.states());
    INDArray output = layers.infer(signal.activation());
    NativeSignal next = withStates(outputs.copy(output, signal.batch()));
    loss.target(LossInput.of(output, signal))
        .ifPresent(target -> next.with(targets.orElseThrow().copy(target, signal.batch())));
    return next;
  }

  @Override
  public Signal answer(Signal output) {
    // an answer by targets is one of the block's
    return of(output, loss::scores, targets.orElse(answers));
  }

  @Override
  public Signal decode(Signal answer) {
    if (loss.decoder().isEmpty()) {
      return answer;
    }
    try (answer) {
      return of(answer, loss.decoder().get()::infer, answers);
    }
  }

  /** With the final states that the block hands on, its own or those it was given. */
  private NativeSignal withStates(NativeSignal next) {
    if (beside.states().isPresent()) {
      INDArray its = beside.states().get();
      if (finalStates.isEmpty()) {
        Shape shape = Shape.vector(Math.toIntExact(its.size(1)));
        finalStates = Optional.of(new NativeSignal.Pool(shape));
      }
      next.withStates(finalStates.get().copy(its, next.batch()));
    }
    return next;
  }

  private NativeSignal of(Signal in, UnaryOperator<INDArray> inference, NativeSignal.Pool pool) {
    NativeSignal signal = (NativeSignal) in;
    beside.begin(signal.batch(), signal.states());
    return pool.copy(inference.apply(signal.activation()), signal.batch());
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
    state.read(kind, into);
  }

  @Override
  public void adopt(StateKind kind, float[] from) {
    state.adopt(kind, from);
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
    memory.close();
    parameters.close();
    statistics.close();
    outputs.close();
    finalStates.ifPresent(NativeSignal.Pool::close);
    answers.close();
    targets.ifPresent(NativeSignal.Pool::close);
  }
}
