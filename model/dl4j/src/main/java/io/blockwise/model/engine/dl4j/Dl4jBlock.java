package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.BlockLayout;
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
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A block on ND4J: layers, local loss and optimiser over one flat vector of parameters. */
final class Dl4jBlock implements Block {
  private final BlockSpec spec;
  private final Memory memory = new Memory();
  private final Parameters parameters;
  private final Parameters statistics;
  private final Chain layers;
  private final List<Chain> modules = new ArrayList<>();
  private final LocalLoss loss;
  private final Optimiser optimiser;
  private final StateVectors state;
  private final NativeSignal.Pool outputs;
  private final NativeSignal.Pool answers;
  private final Optional<NativeSignal.Pool> targets;

  Dl4jBlock(BlockSpec spec, Border border, int classes, RandomGenerator random) {
    this.spec = spec;
    BlockLayout layout = BlockLayout.of(spec, border, classes);
    parameters = Parameters.trained(layout.parameters(), layout.firstParameters(random));
    statistics = Parameters.kept(layout.statistics(), layout.firstStatistics());
    Construction in = new Construction(memory, parameters, statistics);
    Map<String, ModuleSpec> specs = spec.modules(border, classes);
    layers = module(specs.get(BlockSpec.LAYERS), in);
    loss =
        LocalLoss.of(
            spec.loss(),
            new LocalLoss.Parts(
                name -> module(specs.get(name), in),
                memory,
                border,
                classes,
                spec.exit().labelSmoothing()));
    outputs = new NativeSignal.Pool(layers.output());
    answers =
        new NativeSignal.Pool(loss.decoder().map(Layer::output).orElse(Shape.vector(classes)));
    targets = spec.output(border, classes).target().map(NativeSignal.Pool::new);
    optimiser =
        ModuleRates.of(Optimiser.of(spec.optimiser(), parameters), parameters, spec.loss().rates());
    state = new StateVectors(parameters, statistics, optimiser);
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
      Signal nothing = outputs.signal(in.labels()).notFinite();
      return new Step.Done(nothing, StepResult.skipped(in.rows()));
    }
    INDArray output = layers.train(signal.activation());
    LocalLoss.Outcome loss =
        this.loss.evaluate(new LossInput(output, signal.target(), in.labels()));
    NativeSignal next = outputs.copy(output, in.labels());
    loss.target().ifPresent(target -> next.with(targets.orElseThrow().copy(target, in.labels())));
    boolean finite = loss.terms().stream().mapToDouble(LossTerm::value).allMatch(Double::isFinite);
    if (finite) {
      layers.backward(loss.gradient());
      finite = step(pace);
    }
    Outcome outcome = finite ? Outcome.TRAINED : Outcome.NOT_FINITE;
    return new Step.Done(
        finite ? next : next.notFinite(),
        new StepResult(outcome, in.rows(), loss.correct(), loss.terms()));
  }

  /** Takes the optimiser's step unless the gradient is not finite. */
  private boolean step(Pace pace) {
    INDArray gradients = parameters.gradients();
    double norm = Math.sqrt(Nd4j.getBlasWrapper().dot(gradients, gradients));
    if (!Double.isFinite(norm)) {
      return false;
    }
    double clip = spec.optimiser().clipNorm();
    if (clip > 0 && norm > clip) {
      gradients.muli(clip / (norm + 1e-6));
    }
    optimiser.step(pace);
    modules.forEach(Layer::stepTaken);
    return true;
  }

  @Override
  public Signal forward(Signal in) {
    return outputs.copy(layers.infer(((NativeSignal) in).activation()), in.labels());
  }

  @Override
  public Signal answer(Signal output) {
    NativeSignal.Pool pool = targets.orElse(answers); // an answer by targets is one of the block's
    return pool.copy(loss.scores(((NativeSignal) output).activation()), output.labels());
  }

  @Override
  public Signal decode(Signal answer) {
    if (loss.decoder().isEmpty()) {
      return answer;
    }
    try (answer) {
      INDArray scores = ((NativeSignal) answer).activation();
      return answers.copy(loss.decoder().get().infer(scores), answer.labels());
    }
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
    state.read(kind, into);
  }

  @Override
  public void adopt(StateKind kind, float[] from) {
    state.adopt(kind, from);
  }

  @Override
  public void close() {
    memory.close();
    parameters.close();
    statistics.close();
    optimiser.close();
    outputs.close();
    answers.close();
    targets.ifPresent(NativeSignal.Pool::close);
  }
}
