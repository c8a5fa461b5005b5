package io.blockwise.model.spec;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requirePositive;

import io.blockwise.base.IfAbsent;
import io.blockwise.base.Named;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Associated learning (methods 2b; Kao 2019, Wu et al. 2022). The encoder g makes a target of the
 * one before, the first one of one-hot labels; the bridge b brings the output s to it, and the
 * decoder h brings it back:
 *
 * <pre>
 *   t_k = g_k(t_(k-1)),  t_0 = one-hot(y)
 *   A_k = mean (b_k(s_k) - sg(t_k))^2        trains the layers and the bridge
 *   V_k = d_k(h_k(t_k), sg(t_(k-1)))         trains encoder and decoder
 * </pre>
 *
 * <p>The objective is A + V, of which no tensor is in both. The answer is h_1(..h_k(b_k(s_k))).
 * Immutable.
 *
 * @param width of the target, at least 1
 * @param encoder behind its linear layer
 * @param decoder behind its linear layer, but in the first block
 * @param firstDecoder the same in the first block
 * @param inverse d_1; beyond the first block d is the mean squared error
 * @param inverseRate learning rate of encoder and decoder over that of layers and bridge, above 0
 */
@Named("al")
public record AlSpec(
    Bridge bridge,
    int width,
    Activation encoder,
    Activation decoder,
    Activation firstDecoder,
    Inverse inverse,
    @IfAbsent("1.0") double inverseRate)
    implements LossSpec {
  /** Name of the term that says how much the targets vary. */
  public static final String VARIANCE = "target-variance";

  private static final double COLLAPSED = 1e-4;

  public AlSpec {
    requireAtLeast("al.width", width, 1);
    requirePositive("al.inverse-rate", inverseRate);
  }

  /** With one learning rate for all. */
  public AlSpec(
      Bridge bridge,
      int width,
      Activation encoder,
      Activation decoder,
      Activation firstDecoder,
      Inverse inverse) {
    this(bridge, width, encoder, decoder, firstDecoder, inverse, 1);
  }

  @Override
  public Map<String, ModuleSpec> modules(Border behind, int classes) {
    Shape before = behind.target().orElse(Shape.vector(classes));
    Shape target = Shape.vector(width);
    Activation back = behind.target().isPresent() ? decoder : firstDecoder;
    Map<String, ModuleSpec> modules = new LinkedHashMap<>();
    modules.put("bridge", bridge.module(behind.activation(), width));
    modules.put("encoder", ModuleSpec.of(before).then("encoder", encoder.behindDense(width)));
    modules.put(
        "decoder", ModuleSpec.of(target).then("decoder", back.behindDense(before.elements())));
    return modules;
  }

  /** None: the decoders of this block and of those before it answer. */
  @Override
  public Optional<ModuleSpec> exit(ExitSpec spec, Shape output, int classes) {
    return Optional.empty();
  }

  @Override
  public boolean exitReadsOutput() {
    return false;
  }

  @Override
  public boolean exitTrainsBlock() {
    return false;
  }

  @Override
  public boolean comparesWithLabels(boolean first) {
    return first && inverse == Inverse.CROSS_ENTROPY;
  }

  @Override
  public Border handsOn(Border behind, int classes) {
    return behind.withTarget(Shape.vector(width));
  }

  @Override
  public boolean answersByTargets() {
    return true;
  }

  @Override
  public Map<String, Double> rates() {
    return inverseRate == 1 ? Map.of() : Map.of("encoder", inverseRate, "decoder", inverseRate);
  }

  @Override
  public List<Alarm> alarms() {
    return List.of(
        new Alarm(
            VARIANCE,
            COLLAPSED,
            "its targets have collapsed and hardly tell classes apart (set al.encoder = tanh,"
                + " or al.inverse = cross-entropy with al.first-decoder = none)"));
  }

  /**
   * Linear layers from a block's output to its target, each with the activation behind it.
   *
   * @param features what the first one reads
   * @param hidden units of those before the last, each at least 1; may be empty
   */
  public record Bridge(Features features, List<Integer> hidden, Activation activation)
      implements Serializable {
    public Bridge {
      hidden = List.copyOf(hidden);
      if (hidden.stream().anyMatch(units -> units < 1)) {
        throw invalid("al.bridge.hidden", hidden, "must be widths, each at least 1");
      }
    }

    ModuleSpec module(Shape output, int width) {
      List<LayerSpec> layers = new ArrayList<>();
      hidden.forEach(units -> layers.addAll(activation.behindDense(units)));
      layers.addAll(activation.behindDense(width));
      return features.behind(ModuleSpec.of(output), "bridge.features").then("bridge", layers);
    }
  }

  /** How the first block's decoder is compared with the labels. */
  public enum Inverse {
    /** Its output are logits. */
    CROSS_ENTROPY,
    /** Mean squared error against one-hot labels. */
    MSE
  }
}
