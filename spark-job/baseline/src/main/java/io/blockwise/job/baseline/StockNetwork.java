package io.blockwise.job.baseline;

import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.ModuleSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * The layers of a network of one block in DL4J's terms.
 *
 * <p>Weights are drawn from the same distribution as Blockwise's, by DL4J's own generator; biases
 * start at 0, and the rest is DL4J's default. Used by one thread.
 */
final class StockNetwork {
  private static final Set<String> STATISTICS =
      Set.of(
          BatchNormalizationParamInitializer.GLOBAL_MEAN,
          BatchNormalizationParamInitializer.GLOBAL_VAR,
          BatchNormalizationParamInitializer.GLOBAL_LOG_STD);

  private final NeuralNetConfiguration.ListBuilder layers;
  private Shape shape;
  private int count;

  private StockNetwork(Shape input, IUpdater updater, long seed) {
    layers =
        new NeuralNetConfiguration.Builder()
            .seed(seed)
            .updater(updater)
            // uniform within 1 / sqrt(fan-in) either way
            .weightInit(WeightInit.UNIFORM)
            .activation(Activation.IDENTITY)
            .list();
    shape = input;
  }

  /**
   * The network with freshly drawn parameters.
   *
   * @param spec one block, trained by cross-entropy through its exit: method {@code bp}
   * @throws UserException if DL4J has no form of one of its layers
   */
  static MultiLayerNetwork of(NetworkSpec spec, IUpdater updater, long seed) {
    if (spec.blocks().size() != 1) {
      throw new IllegalArgumentException(
          "Invalid network: " + spec.blocks().size() + " blocks (must be one, as of method bp)");
    }
    MultiLayerNetwork network =
        new MultiLayerNetwork(new StockNetwork(spec.input(), updater, seed).configuration(spec));
    network.init();
    return network;
  }

  /** Values that training changes by gradient; DL4J counts the running statistics, too. */
  static long parameters(MultiLayerNetwork network) {
    long sum = 0;
    for (org.deeplearning4j.nn.api.Layer layer : network.getLayers()) {
      for (Map.Entry<String, INDArray> parameter : layer.paramTable().entrySet()) {
        sum += STATISTICS.contains(parameter.getKey()) ? 0 : parameter.getValue().length();
      }
    }
    return sum;
  }

  private MultiLayerConfiguration configuration(NetworkSpec spec) {
    BlockSpec block = spec.blocks().get(0);
    InputType input = inputType();
    Map<String, ModuleSpec> modules = block.modules(Border.of(shape), spec.classes());
    modules.get(BlockSpec.LAYERS).parts().forEach(this::add);
    exit(modules.get(BlockSpec.EXIT).parts(), spec.classes());
    return layers.setInputType(input).build();
  }

  private InputType inputType() {
    return shape instanceof Shape.FeatureMap map
        ? InputType.convolutional(map.height(), map.width(), map.channels())
        : InputType.feedForward(shape.elements());
  }

  private void add(ModuleSpec.Part part) {
    if (part.layer() instanceof LayerSpec.Flatten) {
      flatten();
    } else {
      add(translated(part.layer()));
    }
    shape = part.layer().output(shape);
  }

  private Layer translated(LayerSpec layer) {
    if (layer instanceof LayerSpec.Convolution convolution) {
      return convolution(convolution);
    }
    if (layer instanceof LayerSpec.BatchNorm) {
      return new BatchNormalization.Builder().eps(1e-5).decay(0.9).build();
    }
    if (layer instanceof LayerSpec.Relu) {
      return new ActivationLayer(Activation.RELU);
    }
    if (layer instanceof LayerSpec.Tanh) {
      return new ActivationLayer(Activation.TANH);
    }
    if (layer instanceof LayerSpec.Sigmoid) {
      return new ActivationLayer(Activation.SIGMOID);
    }
    if (layer instanceof LayerSpec.Elu elu) {
      return new ActivationLayer(new ActivationELU(elu.alpha()));
    }
    if (layer instanceof LayerSpec.LeakyRelu leaky) {
      return new ActivationLayer(new ActivationLReLU(leaky.slope()));
    }
    if (layer instanceof LayerSpec.MaxPool pool) {
      return pool(SubsamplingLayer.PoolingType.MAX, pool.kernel(), pool.stride());
    }
    if (layer instanceof LayerSpec.AveragePool pool) {
      return pool(SubsamplingLayer.PoolingType.AVG, pool.kernel(), pool.stride());
    }
    if (layer instanceof LayerSpec.AdaptiveAveragePool adaptive) {
      return evenly(adaptive);
    }
    if (layer instanceof LayerSpec.GlobalAveragePool) {
      return new GlobalPoolingLayer(PoolingType.AVG);
    }
    if (layer instanceof LayerSpec.Dense dense) {
      return new DenseLayer.Builder().nOut(dense.units()).hasBias(dense.bias()).build();
    }
    throw UserException.cannot(
        "train the network by training.baseline",
        "it has a layer " + Names.of(layer.getClass()),
        "use another network, or training.baseline = none");
  }

  private static Layer convolution(LayerSpec.Convolution spec) {
    return new ConvolutionLayer.Builder(spec.kernel(), spec.kernel())
        .stride(spec.stride(), spec.stride())
        .padding(spec.padding(), spec.padding())
        .nOut(spec.filters())
        .hasBias(spec.bias())
        .build();
  }

  private static Layer pool(SubsamplingLayer.PoolingType type, int kernel, int stride) {
    return new SubsamplingLayer.Builder(type)
        .kernelSize(kernel, kernel)
        .stride(stride, stride)
        .build();
  }

  /** Windows of any size that lie side by side, which is what DL4J has. */
  private Layer evenly(LayerSpec.AdaptiveAveragePool spec) {
    Shape.FeatureMap map = shape.requireMap("adaptive-average-pool");
    Shape.FeatureMap pooled = spec.output(map);
    if (map.height() % pooled.height() != 0 || map.width() % pooled.width() != 0) {
      throw UserException.cannot(
          "train with baseline dl4j-spark",
          "DL4J has no pooling of a map " + map + " to " + pooled + ", whose windows overlap",
          "set exit.features = pooled");
    }
    int[] window = {map.height() / pooled.height(), map.width() / pooled.width()};
    return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
        .kernelSize(window)
        .stride(window)
        .build();
  }

  /** The classifier is DL4J's output layer, which has the loss in it. */
  private void exit(List<ModuleSpec.Part> parts, int classes) {
    parts.subList(0, parts.size() - 1).forEach(this::add);
    add(
        new OutputLayer.Builder(LossFunction.MCXENT)
            .nOut(classes)
            .activation(Activation.SOFTMAX)
            .build());
  }

  /** DL4J has no layer for it; the next layer is told what to make of its input. */
  private void flatten() {
    if (shape instanceof Shape.FeatureMap map) {
      layers.inputPreProcessor(
          count, new CnnToFeedForwardPreProcessor(map.height(), map.width(), map.channels()));
    }
  }

  private void add(Layer layer) {
    layers.layer(layer);
    count++;
  }
}
