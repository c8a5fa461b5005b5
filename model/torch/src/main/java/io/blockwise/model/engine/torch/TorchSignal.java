package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Pending;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.spec.ExitSpec;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A detached activation, what else comes with it row by row, the labels and weights of its rows,
 * and its fault: a scalar that is 0, or not a number once a block was not finite. All on the
 * device.
 */
final class TorchSignal implements Signal {
  /** What has something for every row. All parts are kept, selected and closed alike. */
  enum Part {
    ACTIVATION,
    /** What the block before hands on for the loss. */
    TARGET,
    /** What the first block read. */
    IMAGE,
    /** Final states of the last LSTM, {@code [rows, 2, units]}. */
    HIDDEN,
    /** Those of its cells. */
    CELL
  }

  private static final Pending<Boolean> KNOWN = Pending.known(true);

  /** Dimensions of {@code [rows, positions, features]}. */
  private static final int SEQUENCE = 3;

  /** Dimensions of {@code [rows, channels, height, width]}. */
  private static final int MAP = 4;

  private final Host host;
  private final Map<Part, Tensor> parts;
  private final Tensor fault;
  private final Labels labels;
  private final Optional<Texts> texts;
  private final Sides sides;
  private long chance;
  private final Optional<OpenStep> open;
  private final Pending<Boolean> faultKnown;
  private boolean closed;

  /**
   * Without a target. Keeps tensors that live in a scope now.
   *
   * @param labels are the signal's, which closes them
   * @param texts likewise, if its rows are some
   * @param sides likewise
   * @param chance decides on what is random in a step
   */
  TorchSignal(
      Host host,
      Tensor activation,
      Tensor fault,
      Labels labels,
      Optional<Texts> texts,
      Sides sides,
      long chance) {
    this(
        host,
        Map.of(Part.ACTIVATION, activation),
        fault,
        labels,
        texts,
        sides,
        chance,
        Optional.empty(),
        KNOWN);
  }

  private TorchSignal(
      Host host,
      Map<Part, Tensor> parts,
      Tensor fault,
      Labels labels,
      Optional<Texts> texts,
      Sides sides,
      long chance,
      Optional<OpenStep> open,
      Pending<Boolean> faultKnown) {
    this.host = host;
    this.parts = each(parts, Scope::keep);
    this.fault = Scope.keep(fault);
    this.labels = labels;
    this.texts = texts;
    this.sides = sides;
    this.chance = chance;
    this.open = open;
    this.faultKnown = faultKnown;
  }

  private static Map<Part, Tensor> each(Map<Part, Tensor> parts, UnaryOperator<Tensor> change) {
    Map<Part, Tensor> changed = new EnumMap<>(Part.class);
    parts.forEach((part, tensor) -> changed.put(part, change.apply(tensor)));
    return changed;
  }

  /** What a block hands on beside its output: tensors, and how long its rows are. */
  record Others(Map<Part, Tensor> parts, Optional<Texts> texts) {}

  /** The signal for the next block, with the labels of this one. */
  TorchSignal next(Tensor output, Tensor itsFault, Others others) {
    return next(output, itsFault, others, Optional.empty(), KNOWN);
  }

  /** The same of a step that is not complete; closes it with itself. */
  TorchSignal next(OpenStep step, Others others) {
    return next(step.end(), step.fault(), others, Optional.of(step), KNOWN);
  }

  /** The same of a step that will be complete later, by itself. */
  TorchSignal next(LateStep step, Others others) {
    return next(step.output(), step.fault(), others, Optional.empty(), step.whenComplete());
  }

  private TorchSignal next(
      Tensor output,
      Tensor itsFault,
      Others others,
      Optional<OpenStep> step,
      Pending<Boolean> whenFaultIsKnown) {
    Map<Part, Tensor> next = new EnumMap<>(Part.class);
    next.put(Part.ACTIVATION, output);
    next.putAll(others.parts());
    // another handle of the fault, since either signal may be closed first
    return new TorchSignal(
        host,
        each(next, Tensor::detach),
        new Tensor(itsFault),
        labels.shared(),
        others.texts().map(Texts::shared),
        sides.shared(),
        chance,
        step,
        whenFaultIsKnown);
  }

  /**
   * Says that the calling thread's stream uses what another one made. Its memory is then not given
   * to that one anew before this one has done with it, although the signal is closed.
   */
  void useOnThisStream() {
    Scope.run(
        () -> {
          Device device = activation().device();
          Stream stream = torch.getDeviceGuardImpl(device.type()).getStream(device);
          parts.values().forEach(part -> part.record_stream(stream));
          List.of(fault, labels.classes()).forEach(t -> t.record_stream(stream));
          sides.usedOn(stream);
        });
  }

  Tensor activation() {
    return parts.get(Part.ACTIVATION);
  }

  /** What the first block reads, or has read. */
  Tensor image() {
    return parts.getOrDefault(Part.IMAGE, activation());
  }

  /** Further fields of its rows. */
  Sides sides() {
    return sides;
  }

  /**
   * What comes with the batch into a pass of a block.
   *
   * @param embedded the further field whose tokens its table is of; its own texts' if empty
   */
  Beside beside(Optional<Chance> ofBlock, Optional<String> embedded) {
    Beside beside =
        new Beside(
            texts,
            embedded.map(sides::texts).or(() -> texts),
            ofBlock.map(its -> its.of(chance)),
            new Beside.States());
    if (parts.containsKey(Part.HIDDEN)) {
      beside.states().set(parts.get(Part.HIDDEN), parts.get(Part.CELL));
    }
    return beside;
  }

  Tensor fault() {
    return fault;
  }

  /** Waits until the step that made it is complete, without which the fault says nothing. */
  void awaitFault() {
    faultKnown.await();
  }

  /** The step that made the activation, if it is not complete. */
  Optional<OpenStep> open() {
    return open;
  }

  /** The activation for a way forward, on which a gradient may come back to an open step. */
  Tensor start() {
    return open.map(OpenStep::end).orElseGet(this::activation);
  }

  /** What the loss of a block sees that has made this output of the activation. */
  LossInput lossInput(Tensor output, Pass pass, ExitSpec exit) {
    return new LossInput(output, Optional.ofNullable(parts.get(Part.TARGET)), labels, pass, exit);
  }

  /** On the device, too. */
  Labels rowLabels() {
    return labels;
  }

  @Override
  public Signal select(int[] rows) {
    Signal.requireRows(rows, rows());
    return host.compute(
        () -> {
          Tensor numbers = host.labels(rows);
          Labels theirs =
              new Labels(host, Signal.labels(labels(), rows), Signal.weights(weights(), rows));
          return new TorchSignal(
              host,
              each(parts, part -> rows(part, numbers)),
              new Tensor(fault),
              theirs,
              texts.map(all -> all.select(rows)),
              sides.select(rows, part -> rows(part, numbers)),
              chance,
              Optional.empty(),
              KNOWN);
        });
  }

  /**
   * Rows of a tensor, and of maps in the order in which convolutions left their values: all
   * channels of a position together. Taken as they are named, the values of each channel would come
   * together, and the convolutions that read them would be slower by a fifth.
   */
  private static Tensor rows(Tensor part, Tensor numbers) {
    if (part.dim() != MAP) {
      return part.index_select(0, numbers);
    }
    return part.permute(0, 2, 3, 1).index_select(0, numbers).permute(0, 3, 1, 2);
  }

  @Override
  public Signal joined(List<Signal> others) {
    List<TorchSignal> all = new ArrayList<>(List.of(this));
    others.forEach(other -> all.add((TorchSignal) other));
    return host.compute(
        () -> {
          Optional<Texts> joinedTexts =
              texts.map(own -> Texts.joined(host, all.stream().map(s -> s.texts.get()).toList()));
          Map<Part, Tensor> joinedParts = new EnumMap<>(Part.class);
          parts.keySet().forEach(part -> joinedParts.put(part, joined(part, all, joinedTexts)));
          Labels theirs = new Labels(host, Signal.labels(all), Signal.weights(all));
          return new TorchSignal(
              host,
              joinedParts,
              new Tensor(fault),
              theirs,
              joinedTexts,
              Sides.joined(host, all.stream().map(signal -> signal.sides).toList()),
              chance,
              Optional.empty(),
              KNOWN);
        });
  }

  /** Values at positions are as many for all rows as the longest text has. */
  private static Tensor joined(Part part, List<TorchSignal> all, Optional<Texts> texts) {
    TensorVector tensors = new TensorVector();
    for (TorchSignal signal : all) {
      Tensor tensor = signal.parts.get(part);
      boolean sequence = part == Part.ACTIVATION && tensor.dim() == SEQUENCE;
      tensors.push_back(
          texts.isPresent() && sequence ? padded(tensor, texts.get().positions()) : tensor);
    }
    return torch.cat(tensors, 0);
  }

  private static Tensor padded(Tensor sequence, int positions) {
    long behind = positions - sequence.size(1);
    return behind == 0 ? sequence : torch.constant_pad_nd(sequence, 0, 0, 0, behind);
  }

  @Override
  public Signal onBatch(long itsChance) {
    chance = itsChance;
    return this;
  }

  @Override
  public int rows() {
    return labels.values().length;
  }

  @Override
  public int[] labels() {
    return labels.values();
  }

  @Override
  public float[] weights() {
    return labels.weights();
  }

  @Override
  public float[] toArray() {
    float[] values = new float[Math.toIntExact(activation().numel())];
    host.run(() -> Host.read(activation(), values, 0));
    return values;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      parts.values().forEach(Tensor::close);
      fault.close();
      labels.close();
      texts.ifPresent(Texts::close);
      sides.close();
      open.ifPresent(OpenStep::close);
    }
  }
}
