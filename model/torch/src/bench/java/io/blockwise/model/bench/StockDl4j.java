package io.blockwise.model.bench;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * Time of one {@code MultiLayerNetwork.fit} of the same network by backpropagation, as DL4J comes,
 * in milliseconds.
 *
 * <pre>
 *   OMP_NUM_THREADS=2 mvn -q -Pbench -Dnd4j.classifier=linux-x86_64-avx2 -pl model/torch -am \
 *     process-test-classes -Dbench=StockDl4j -Dbench.args="128 5"
 * </pre>
 */
public final class StockDl4j {
  private StockDl4j() {}

  public static void main(String[] arguments) {
    int rows = Integer.parseInt(arguments[0]);
    double[] times = new double[Integer.parseInt(arguments[1])];
    MultiLayerNetwork network = network();
    INDArray labels = Nd4j.zeros(rows, 10);
    for (int row = 0; row < rows; row++) {
      labels.putScalar(row, row % 10, 1);
    }
    DataSet batch = new DataSet(Nd4j.rand(rows, 3, 32, 32), labels);
    for (int i = -2; i < times.length; i++) {
      long start = System.nanoTime();
      network.fit(batch);
      if (i >= 0) {
        times[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    Arrays.sort(times);
    System.out.printf(
        "stock dl4j bp batch %d, %s threads: median %.1f ms, min %.1f, max %.1f (%d steps)%n",
        rows,
        System.getenv("OMP_NUM_THREADS"),
        times[times.length / 2],
        times[0],
        times[times.length - 1],
        times.length);
  }

  private static MultiLayerNetwork network() {
    NeuralNetConfiguration.ListBuilder layers =
        new NeuralNetConfiguration.Builder().seed(1).updater(new Adam(1e-3)).list();
    for (int filters : new int[] {32, 64, 128}) {
      for (int i = 0; i < 2; i++) {
        layers
            .layer(
                new ConvolutionLayer.Builder(3, 3)
                    .padding(1, 1)
                    .nOut(filters)
                    .hasBias(false)
                    .activation(Activation.IDENTITY)
                    .build())
            .layer(new BatchNormalization.Builder().build())
            .layer(new ActivationLayer(Activation.RELU));
      }
      layers.layer(
          new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
              .kernelSize(2, 2)
              .stride(2, 2)
              .build());
    }
    layers
        .layer(new GlobalPoolingLayer(PoolingType.AVG))
        .layer(
            new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .nOut(10)
                .activation(Activation.SOFTMAX)
                .build());
    MultiLayerNetwork network =
        new MultiLayerNetwork(layers.setInputType(InputType.convolutional(32, 32, 3)).build());
    network.init();
    return network;
  }
}
