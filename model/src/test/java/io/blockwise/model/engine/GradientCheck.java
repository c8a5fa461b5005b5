package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.spec.AlSpec;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.DeInfoRegSpec;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.ModuleSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * Compares a block's gradient with central differences of its loss, in random directions through
 * each of its tensors. With plain descent at rate 1 the gradient is what a step takes away. A
 * tensor whose slopes are too small to be told from noise is an error of the check, except where
 * they have to be nothing.
 */
final class GradientCheck {
  private static final int ROWS = 12;
  private static final int CLASSES = 3;
  private static final int DIRECTIONS = 6;

  /** Of a tensor's slopes: root of the mean square of its errors, over that of the slopes. */
  private static final double TOLERANCE = 0.1;

  /** A hundred times the noise of differences in float. */
  private static final double SMALLEST = 2e-3;

  private static final String RECURRENT = "weight_hh";

  /** Fifteen times: gates move little, and a golden file looks at them more closely. */
  private static final double SMALLEST_OF_TEXTS = 3e-4;

  /** A tenth of it: a batch norm behind few values makes their rounding large. */
  private static final double NOTHING = 2e-4;

  /** One of them has to agree: a long one may cross a kink, a short one drowns in rounding. */
  private static final double[] STEPS = {8e-3, 2e-3, 5e-4, 1.25e-4};

  private static final Set<HeadSpec.Kind> NORMALISED =
      EnumSet.of(HeadSpec.Kind.MLP_BN, HeadSpec.Kind.SMALL_CONV);

  private GradientCheck() {}

  /** Every layer, head, feature and loss at least once. */
  static List<BlockSpec> blocks() {
    LayerSpec convolution = new LayerSpec.Convolution(4, 3, 2, 1, true);
    LayerSpec batchNorm = new LayerSpec.BatchNorm();
    LayerSpec relu = new LayerSpec.Relu();
    LayerSpec dense = new LayerSpec.Dense(5, true);
    LayerSpec flatten = new LayerSpec.Flatten();
    List<LayerSpec> map = List.of(convolution, batchNorm, relu, new LayerSpec.AveragePool(2, 2));
    List<LayerSpec> pooled = List.of(convolution, new LayerSpec.MaxPool(2, 1));
    List<LayerSpec> bent = List.of(convolution, relu, new LayerSpec.AveragePool(2, 2));
    List<LayerSpec> vector =
        List.of(flatten, new LayerSpec.Dense(6, false), batchNorm, relu, dense, relu);
    List<LayerSpec> normFirst = List.of(batchNorm, convolution, relu, batchNorm);
    List<BlockSpec> blocks = new ArrayList<>();
    for (Features features : Features.values()) {
      blocks.add(block(map, new LossSpec.CrossEntropy(), features));
      blocks.add(block(normFirst, new LossSpec.CrossEntropy(), features));
      for (HeadSpec.Kind kind : EnumSet.complementOf(EnumSet.of(HeadSpec.Kind.CONVOLUTION))) {
        // A head's batch norm would take away what a bias does that no ReLU follows.
        List<LayerSpec> layers = NORMALISED.contains(kind) ? bent : pooled;
        blocks.add(block(layers, contrastive(kind, features, LossSpec.Divisor.KHOSLA), features));
      }
    }
    // 8 by 8, whose windows lie side by side, and 7 by 7, where they overlap.
    List<LayerSpec> even = List.of(new LayerSpec.Convolution(4, 3, 1, 1, true), relu);
    List<LayerSpec> odd = List.of(new LayerSpec.Convolution(4, 2, 1, 0, true), relu);
    blocks.add(block(even, new LossSpec.CrossEntropy(), Features.GRID));
    blocks.add(block(odd, new LossSpec.CrossEntropy(), Features.GRID));
    ExitSpec smoothing = new ExitSpec(Features.POOLED).smoothing(0.3);
    blocks.add(block(bent, new LossSpec.CrossEntropy(), smoothing));
    blocks.add(
        block(bent, new LossSpec.CrossEntropy(), smoothing.weighing(List.of(0.5, 1.0, 3.0))));
    for (ExitSpec.Kind kind : ExitSpec.Kind.values()) {
      blocks.add(block(bent, new LossSpec.CrossEntropy(), exit(kind, Features.POOLED)));
    }
    blocks.add(block(vector, new LossSpec.CrossEntropy(), exit(ExitSpec.Kind.MLP, Features.FLAT)));
    blocks.add(block(vector, new LossSpec.CrossEntropy(), Features.POOLED));
    blocks.add(
        block(
            vector,
            contrastive(HeadSpec.Kind.MLP, Features.FLAT, LossSpec.Divisor.AUTHORS),
            Features.FLAT));
    return blocks;
  }

  /**
   * Every activation where it may write over what it reads, behind a batch norm, and where it may
   * not, behind another activation; the input of each is on both sides of 0.
   */
  static List<BlockSpec> activationBlocks() {
    LayerSpec convolution = new LayerSpec.Convolution(4, 3, 2, 1, false);
    LayerSpec batchNorm = new LayerSpec.BatchNorm();
    List<BlockSpec> blocks = new ArrayList<>();
    for (LayerSpec activation : activations()) {
      blocks.add(
          block(
              List.of(convolution, batchNorm, activation, activation, new LayerSpec.MaxPool(2, 2)),
              new LossSpec.CrossEntropy(),
              Features.FLAT));
    }
    return blocks;
  }

  /**
   * Residual layers at the beginning and behind others, with and without a shortcut, and one in
   * another; what follows may write over their sum.
   */
  static List<BlockSpec> residualBlocks() {
    LayerSpec norm = new LayerSpec.BatchNorm();
    LayerSpec relu = new LayerSpec.Relu();
    LayerSpec plain =
        new LayerSpec.Residual(List.of(new LayerSpec.Convolution(4, 3, 1, 1, false)), List.of());
    LayerSpec narrowing =
        new LayerSpec.Residual(
            List.of(new LayerSpec.Convolution(4, 3, 2, 1, false), norm, relu, plain, norm),
            List.of(new LayerSpec.Convolution(4, 1, 2, 0, false), norm));
    LayerSpec dense = new LayerSpec.Dense(4, true);
    LayerSpec ofVectors = new LayerSpec.Residual(List.of(dense, relu, dense), List.of(dense));
    LossSpec loss = new LossSpec.CrossEntropy();
    return List.of(
        block(List.of(narrowing, relu, plain, norm, relu), loss, Features.POOLED),
        block(List.of(norm, narrowing, plain, relu), loss, Features.FLAT),
        block(List.of(new LayerSpec.Flatten(), ofVectors, relu, ofVectors), loss, Features.FLAT));
  }

  /** All but the ReLU, with parameters that are no defaults. */
  static List<LayerSpec> activations() {
    return List.of(
        new LayerSpec.Tanh(),
        new LayerSpec.Sigmoid(),
        new LayerSpec.Elu(0.7),
        new LayerSpec.LeakyRelu(0.3));
  }

  /** Every head under similarity matching: of maps, and of vectors. */
  static List<BlockSpec> similarityBlocks() {
    LayerSpec convolution = new LayerSpec.Convolution(5, 3, 2, 1, true);
    LayerSpec relu = new LayerSpec.Relu();
    List<LayerSpec> map = List.of(convolution, relu, new LayerSpec.AveragePool(2, 2));
    List<LayerSpec> vector = List.of(new LayerSpec.Flatten(), new LayerSpec.Dense(6, true), relu);
    List<BlockSpec> blocks = new ArrayList<>();
    for (HeadSpec.Kind kind : HeadSpec.Kind.values()) {
      LossSpec loss = new LossSpec.PredSim(0.5, new HeadSpec(kind, Features.POOLED, 7, 6));
      blocks.add(block(map, loss, Features.POOLED));
      if (kind != HeadSpec.Kind.SMALL_CONV) {
        blocks.add(block(vector, loss, Features.FLAT));
      }
    }
    return blocks;
  }

  private static LossSpec contrastive(
      HeadSpec.Kind kind, Features features, LossSpec.Divisor divisor) {
    return new LossSpec.Scpl(0.5, divisor, new HeadSpec(kind, features, 7, 6));
  }

  private static ExitSpec exit(ExitSpec.Kind kind, Features features) {
    return ExitSpec.of(kind, features, List.of(7, 6));
  }

  private static BlockSpec block(List<LayerSpec> layers, LossSpec loss, Features exit) {
    return block(layers, loss, new ExitSpec(exit));
  }

  private static BlockSpec block(List<LayerSpec> layers, LossSpec loss, ExitSpec exit) {
    OptimiserSpec descent = new OptimiserSpec.Sgd(1, 0, 0, 0, new ScheduleSpec.Constant());
    return new BlockSpec(layers, loss, exit, descent);
  }

  static void run(Engine engine, BlockSpec spec) {
    run(engine, spec, tensor -> true);
  }

  /** Checks the tensors whose names are asked for. */
  static void run(Engine engine, BlockSpec spec, Predicate<String> tensors) {
    run(engine, spec, SmallBlocks.batch(ROWS, 3), tensors);
  }

  /** The same on these images. */
  static void run(Engine engine, BlockSpec spec, Batch images, Predicate<String> tensors) {
    try (Signal in = engine.signal(images)) {
      run(engine, spec, SmallBlocks.BORDER, in, tensors);
    }
  }

  /** Checks a block on texts. */
  static void runOnTexts(Engine engine, BlockSpec spec) {
    try (Signal in = engine.signal(SmallTexts.batch(ROWS, 3))) {
      Predicate<String> learns = tensor -> !tensor.equals("layers.0.weight");
      run(engine, spec, SmallTexts.BORDER, in, learns);
    }
  }

  /** Checks a block on what another one hands on. */
  static void runBehind(Engine engine, BlockSpec first, BlockSpec spec) {
    try (Block before = engine.block(first, SmallBlocks.BORDER, CLASSES, new SplittableRandom(4));
        Signal images = engine.signal(SmallBlocks.batch(ROWS, 3));
        Signal in = before.train(images, 0).output()) {
      run(engine, spec, first.output(SmallBlocks.BORDER, CLASSES), in, tensor -> true);
    }
  }

  /**
   * The same of a batch that other blocks read than images, of tensors whose names are asked for.
   */
  static void runBehind(
      Engine engine,
      BlockSpec first,
      Border border,
      Batch batch,
      BlockSpec spec,
      Predicate<String> tensors) {
    try (Block before = engine.block(first, border, CLASSES, new SplittableRandom(4));
        Signal rows = engine.signal(batch);
        Signal in = before.train(rows, 0).output()) {
      run(engine, spec, first.output(border, CLASSES), in, tensors);
    }
  }

  private static void run(
      Engine engine, BlockSpec spec, Border border, Signal in, Predicate<String> tensors) {
    try (Block block = engine.block(spec, border, CLASSES, new SplittableRandom(5))) {
      float[] start = withExit(block);
      block.adopt(StateKind.PARAMETERS, start);
      block.train(in, 1).output().close();
      float[] moved = States.read(block, StateKind.PARAMETERS);
      for (TensorTable.Entry tensor : block.parameters().entries()) {
        if (tensors.test(tensor.name())) {
          check(new Point(block, border, in, start), moved, tensor);
        }
      }
    }
  }

  /** The parameters, with an exit, encoder and decoder that let gradients through. */
  private static float[] withExit(Block block) {
    float[] parameters = States.read(block, StateKind.PARAMETERS);
    SplittableRandom random = new SplittableRandom(6);
    for (TensorTable.Entry tensor : block.parameters().entries()) {
      boolean small = tensor.name().matches("(exit|encoder|decoder)\\..*"); // the exit may be 0
      boolean ofText = tensor.byRow() || tensor.name().contains(RECURRENT); // gates hardly move
      double bound = ofText ? 2 : 0.7;
      for (int i = 0; (small || ofText) && i < tensor.length(); i++) {
        parameters[tensor.offset() + i] = (float) random.nextDouble(-bound, bound);
      }
    }
    return parameters;
  }

  private static void check(Point point, float[] moved, TensorTable.Entry tensor) {
    double errors = 0;
    double slopes = 0;
    SplittableRandom random = new SplittableRandom(tensor.offset());
    for (int i = 0; i < DIRECTIONS; i++) {
      double[] direction = random.doubles(tensor.length(), -1, 1).toArray();
      double claimed = claimed(point.start, moved, tensor, direction);
      double found = found(point, tensor, direction, claimed);
      errors += Math.pow(claimed - found, 2);
      slopes += found * found;
    }
    String what = tensor + " of " + point.block.spec();
    double slope = Math.sqrt(slopes / DIRECTIONS);
    double error = Math.sqrt(errors / DIRECTIONS);
    if (hasNoEffect(point.block.spec(), point.border, tensor.name())) {
      assertThat(slope + error).as("%s: slope without effect", what).isLessThan(NOTHING);
    } else {
      Shape read = point.border.activation();
      boolean ofText = read instanceof Shape.Tokens || read instanceof Shape.Sequence;
      double least = ofText ? SMALLEST_OF_TEXTS : SMALLEST;
      assertThat(slope).as("%s: slope, too small for a test", what).isGreaterThan(least);
      assertThat(error / slope).as("%s: error of slope %s", what, slope).isLessThan(TOLERANCE);
    }
  }

  /** A bias that a batch norm takes away again. */
  static boolean hasNoEffect(BlockSpec spec, Border border, String tensor) {
    return spec.modules(border, CLASSES).values().stream()
        .anyMatch(module -> hasNoEffect(module.parts(), tensor));
  }

  private static boolean hasNoEffect(List<ModuleSpec.Part> parts, String tensor) {
    for (int i = 0; i + 1 < parts.size(); i++) {
      if (tensor.equals(parts.get(i).name() + ".bias")
          && !(parts.get(i).layer() instanceof LayerSpec.BatchNorm)) {
        return parts.get(i + 1).layer() instanceof LayerSpec.BatchNorm;
      }
    }
    return false;
  }

  /** Slope of the loss by the block's own gradient. */
  private static double claimed(
      float[] start, float[] moved, TensorTable.Entry tensor, double[] direction) {
    double slope = 0;
    for (int i = 0; i < direction.length; i++) {
      slope += direction[i] * (start[tensor.offset() + i] - moved[tensor.offset() + i]);
    }
    return slope;
  }

  /** Slope of the loss by differences: of all step sizes the one that agrees best. */
  private static double found(
      Point point, TensorTable.Entry tensor, double[] direction, double claimed) {
    double best = Double.POSITIVE_INFINITY;
    for (double step : STEPS) {
      double ahead = point.loss(tensor, direction, step);
      double behind = point.loss(tensor, direction, -step);
      double slope = (ahead - behind) / (2 * step);
      best = Math.abs(slope - claimed) < Math.abs(best - claimed) ? slope : best;
    }
    return best;
  }

  /** Parameters of a block, around which its loss is looked at. */
  private static final class Point {
    private final Block block;
    private final Border border;
    private final Signal in;
    private final float[] start;

    Point(Block block, Border border, Signal in, float[] start) {
      this.block = block;
      this.border = border;
      this.in = in;
      this.start = start;
    }

    /** What the tensor is trained by: an exit that reads a detached output has a term alone. */
    double loss(TensorTable.Entry tensor, double[] direction, double step) {
      float[] moved = start.clone();
      for (int i = 0; i < direction.length; i++) {
        moved[tensor.offset() + i] += (float) (step * direction[i]);
      }
      block.adopt(StateKind.PARAMETERS, moved);
      return trains(SmallBlocks.train(block, in, 0), tensor.name());
    }

    private double trains(StepResult result, String tensor) {
      if (block.spec().loss() instanceof LossSpec.Scpl) {
        return term(result, tensor.startsWith("exit.") ? "cross-entropy" : "contrastive");
      } else if (block.spec().loss() instanceof AlSpec) {
        boolean back = tensor.startsWith("encoder.") || tensor.startsWith("decoder.");
        return term(result, back ? "inverse" : "associated");
      } else if (block.spec().loss() instanceof DeInfoRegSpec regularised
          && regularised.exit().kind() == DeInfoRegSpec.Exit.Kind.UNMERGE) {
        double entropy = term(result, "cross-entropy");
        return tensor.startsWith("exit.") ? entropy : result.loss() - entropy;
      }
      return result.loss();
    }

    private static double term(StepResult result, String name) {
      return result.losses().stream()
          .filter(term -> term.name().equals(name))
          .findFirst()
          .orElseThrow()
          .value();
    }
  }
}
