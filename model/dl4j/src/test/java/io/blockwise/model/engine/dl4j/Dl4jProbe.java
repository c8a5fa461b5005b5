package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.engine.LayerProbe;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.ModuleSpec;
import io.blockwise.model.spec.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs this engine's layers and losses on their own. */
final class Dl4jProbe implements LayerProbe {
  @Override
  public LayerRun layers(
      List<LayerSpec> specs, Shape input, float[] x, float[] dout, Map<String, float[]> values) {
    BlockLayout layout = BlockLayout.of(LayerProbe.block(specs), Border.of(input), 2);
    Parameters parameters =
        Parameters.trained(layout.parameters(), LayerProbe.vector(layout.parameters(), values));
    Parameters statistics = Parameters.kept(layout.statistics(), layout.firstStatistics());
    Chain chain =
        Layers.of(
            LayerProbe.block(specs).modules(Border.of(input), 2).get(BlockSpec.LAYERS),
            new Construction(new Memory(), parameters, statistics));

    INDArray out = chain.train(channelsLast(x, input));
    float[] result = channelsFirst(out, chain.output());
    INDArray dx = chain.backward(channelsLast(dout, chain.output()));
    chain.stepTaken();
    float[] gradients = new float[parameters.length()];
    Maths.read(parameters.gradients(), gradients, 0);
    float[] running = new float[statistics.length()];
    statistics.read(running);
    return new LayerRun(
        LayerProbe.list(result),
        LayerProbe.list(channelsFirst(dx, input)),
        LayerProbe.layers(parameters.table(), gradients),
        LayerProbe.layers(statistics.table(), running));
  }

  @Override
  public LayerRun texts(
      List<LayerSpec> specs,
      Shape.Sequence input,
      int[] lengths,
      float[] x,
      float[] dout,
      Map<String, float[]> values) {
    BlockSpec block = LayerProbe.block(specs);
    BlockLayout layout = BlockLayout.of(block, Border.of(input), 2);
    Parameters parameters =
        Parameters.trained(layout.parameters(), LayerProbe.vector(layout.parameters(), values));
    Memory memory = new Memory();
    Beside beside = new Beside(Optional.empty(), memory);
    Texts texts = new Texts(LayerProbe.tokens(lengths), lengths.length);
    beside.begin(
        new BatchRows(new int[lengths.length], new float[0], Optional.of(texts), 0),
        Optional.empty());
    Construction in =
        new Construction(
            memory,
            parameters,
            Parameters.kept(layout.statistics(), layout.firstStatistics()),
            beside,
            Optional.empty());
    Chain chain = Layers.of(block.modules(Border.of(input), 2).get(BlockSpec.LAYERS), in);
    INDArray tokens =
        Nd4j.createFromArray(texts.meanWeights())
            .gt(0)
            .castTo(DataType.FLOAT)
            .reshape('c', lengths.length, -1, 1);
    INDArray out = chain.train(sequence(x, lengths.length, input.features())).mul(tokens);
    INDArray dx = chain.backward(sequence(dout, lengths.length, out.size(2)).mul(tokens).dup('c'));
    float[] gradients = new float[parameters.length()];
    Maths.read(parameters.gradients(), gradients, 0);
    return new LayerRun(
        LayerProbe.list(out.dup('c').data().asFloat()),
        LayerProbe.list(dx.dup('c').data().asFloat()),
        LayerProbe.layers(parameters.table(), gradients),
        Map.of());
  }

  private static INDArray sequence(float[] values, long rows, long features) {
    return Nd4j.createFromArray(values).reshape('c', rows, -1, features);
  }

  @Override
  public LossRun loss(LossSpec loss, int width, float[] z, int[] labels) {
    BlockSpec block = LayerProbe.block(loss);
    BlockLayout layout = BlockLayout.of(block, Border.of(Shape.vector(width)), CLASSES);
    float[] identities = LayerProbe.identities(layout.parameters());
    Memory memory = new Memory();
    Construction in =
        new Construction(
            memory,
            Parameters.trained(layout.parameters(), identities),
            Parameters.kept(layout.statistics(), layout.firstStatistics()));
    Map<String, ModuleSpec> modules = block.modules(Border.of(Shape.vector(width)), CLASSES);
    LocalLoss.Outcome outcome =
        LocalLoss.of(
                loss,
                new LocalLoss.Parts(
                    name -> Layers.of(modules.get(name), in),
                    memory,
                    Border.of(Shape.vector(width)),
                    CLASSES,
                    new ExitSpec(Features.FLAT)))
            .evaluate(
                new LossInput(
                    Nd4j.createFromArray(z).reshape('c', labels.length, width),
                    Optional.empty(),
                    labels));
    return new LossRun(
        outcome.terms().get(0).value(),
        LayerProbe.list(outcome.gradient().dup('c').data().asFloat()));
  }

  private static INDArray channelsLast(float[] values, Shape shape) {
    Shape.FeatureMap map = shape.requireMap("probe");
    return Nd4j.createFromArray(values)
        .reshape('c', -1, map.channels(), map.height(), map.width())
        .permute(0, 2, 3, 1)
        .dup('c');
  }

  private static float[] channelsFirst(INDArray array, Shape shape) {
    INDArray map = array.reshape('c', NativeSignal.sizes(-1, shape.requireMap("probe")));
    return map.permute(0, 3, 1, 2).dup('c').data().asFloat();
  }
}
