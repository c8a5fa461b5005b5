package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.LossTerm;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.Step;
import io.blockwise.model.engine.StepResult;
import io.blockwise.model.engine.StepResult.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A step whose figures are one vector on the device: the fault of the signal that it read, correct
 * answers, the loss's terms and the gradient's norm. Used by the block's thread.
 */
final class TorchStep implements Step {
  private static final int CORRECT = 1;
  private static final int TERMS = 2;

  private final Host host;
  private final TorchSignal output;
  private final List<LocalLoss.Term> terms;
  private final Supplier<Tensor> end;
  private Tensor figures;
  private StepResult result;

  /**
   * @param terms of the loss; their values are in the figures
   * @param figures belong to the step
   */
  TorchStep(Host host, TorchSignal output, List<LocalLoss.Term> terms, Tensor figures) {
    this(host, output, terms, () -> figures);
    this.figures = figures;
  }

  /**
   * A step that has not changed anything yet.
   *
   * @param end does so, and gives the figures
   */
  TorchStep(Host host, TorchSignal output, List<LocalLoss.Term> terms, Supplier<Tensor> end) {
    this.host = host;
    this.output = output;
    this.terms = terms;
    this.end = end;
  }

  @Override
  public void complete() {
    if (figures == null) {
      figures = host.compute(() -> Scope.keep(end.get()));
    }
  }

  @Override
  public Signal output() {
    return output;
  }

  @Override
  public StepResult result() {
    await(host, List.of(this));
    return result;
  }

  /** Reads the figures of all that have not been read, in one go: a GPU is waited for once. */
  static void await(Host host, List<? extends Step> steps) {
    List<TorchStep> open =
        steps.stream().map(TorchStep.class::cast).filter(step -> step.result == null).toList();
    if (open.isEmpty()) {
      return;
    }
    float[] all = new float[open.stream().mapToInt(TorchStep::length).sum()];
    host.run(() -> Host.read(together(open), all, 0));
    int from = 0;
    for (TorchStep step : open) {
      step.take(Arrays.copyOfRange(all, from, from + step.length()));
      from += step.length();
    }
  }

  private static Tensor together(List<TorchStep> steps) {
    Tensor[] figures = steps.stream().map(TorchStep::figures).toArray(Tensor[]::new);
    return figures.length == 1 ? figures[0] : torch.cat(new TensorVector(figures));
  }

  private Tensor figures() {
    if (figures == null) {
      throw new IllegalStateException("Cannot read the result of a step that is not complete");
    }
    return figures;
  }

  private int length() {
    return TERMS + terms.size() + 1;
  }

  private void take(float[] read) {
    figures.close();
    result = read[0] == 0 ? resultOf(read) : StepResult.skipped(output.rows());
  }

  private StepResult resultOf(float[] read) {
    List<LossTerm> losses = new ArrayList<>();
    boolean finite = true;
    for (int i = CORRECT; i < read.length; i++) {
      finite &= Float.isFinite(read[i]);
    }
    for (int i = 0; i < terms.size(); i++) {
      LocalLoss.Term term = terms.get(i);
      losses.add(new LossTerm(term.name(), read[TERMS + i], term.inObjective()));
    }
    Outcome outcome = finite ? Outcome.TRAINED : Outcome.NOT_FINITE;
    return new StepResult(outcome, output.rows(), (int) read[CORRECT], losses);
  }
}
