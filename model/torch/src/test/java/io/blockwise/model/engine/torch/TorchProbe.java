package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.engine.LayerProbe;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.TestDevice;
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
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/** Runs this engine's layers and losses on their own. */
final class TorchProbe implements LayerProbe {
  private final Host host = host();

  private static Host host() {
    Library.load();
    return new Host(TestDevice.chosen());
  }

  @Override
  public LayerRun layers(
      List<LayerSpec> specs, Shape input, float[] x, float[] dout, Map<String, float[]> values) {
    BlockLayout layout = BlockLayout.of(LayerProbe.block(specs), Border.of(input), 2);
    FlatState parameters =
        new FlatState(
            StateKind.PARAMETERS,
            layout.parameters(),
            LayerProbe.vector(layout.parameters(), values),
            host);
    FlatState statistics =
        new FlatState(StateKind.STATISTICS, layout.statistics(), layout.firstStatistics(), host);
    Tensor leaf = parameters.values().detach().requires_grad_(true);
    Tensor in = map(x, input).requires_grad_(true);
    Tensor out =
        Layers.of(LayerProbe.block(specs).modules(Border.of(input), 2).get(BlockSpec.LAYERS))
            .forward(in, new Pass(parameters.layout().tensors(leaf), statistics.tensors(), true));
    Shape output = LayerProbe.block(specs).output(Border.of(input), 2).activation();
    TensorVector gradients =
        torch.grad(
            new TensorVector(out, leaf), // itself, since layers may have no parameters
            new TensorVector(in, leaf),
            new TensorVector(map(dout, output), torch.zeros_like(leaf)),
            new org.bytedeco.pytorch.BoolOptional(),
            false,
            true);
    return new LayerRun(
        LayerProbe.list(values(out)),
        LayerProbe.list(values(gradients.get(0))),
        gradients.get(1).defined() // which it is not for layers without parameters
            ? LayerProbe.layers(layout.parameters(), gathered(parameters, gradients.get(1)))
            : Map.of(),
        LayerProbe.layers(layout.statistics(), gathered(statistics, statistics.values())));
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
    FlatState parameters =
        new FlatState(
            StateKind.PARAMETERS,
            layout.parameters(),
            LayerProbe.vector(layout.parameters(), values),
            host);
    Texts texts = new Texts(host, LayerProbe.tokens(lengths), lengths.length);
    Tensor leaf = parameters.values().detach().requires_grad_(true);
    Tensor in = sequence(x, lengths.length, input.features()).requires_grad_(true);
    Pass pass =
        new Pass(
            parameters.layout().tensors(leaf),
            Map.of(),
            true,
            new Beside(
                Optional.of(texts), Optional.empty(), Optional.empty(), new Beside.States()));
    Tensor all =
        Layers.of(block.modules(Border.of(input), 2).get(BlockSpec.LAYERS)).forward(in, pass);
    Tensor out = all.mul(texts.mask().view(lengths.length, texts.positions(), 1));
    TensorVector gradients =
        torch.grad(
            new TensorVector(out),
            new TensorVector(in, leaf),
            new TensorVector(sequence(dout, lengths.length, out.size(2))),
            new org.bytedeco.pytorch.BoolOptional(),
            false,
            false);
    return new LayerRun(
        LayerProbe.list(values(out)),
        LayerProbe.list(values(gradients.get(0))),
        LayerProbe.layers(layout.parameters(), gathered(parameters, gradients.get(1))),
        Map.of());
  }

  private Tensor sequence(float[] values, long rows, long features) {
    return host.tensor(values, values.length, rows, values.length / (rows * features), features);
  }

  @Override
  public LossRun loss(LossSpec loss, int width, float[] z, int[] labels) {
    Tensor embeddings = host.tensor(z, z.length, labels.length, width).requires_grad_(true);
    Shape input = Shape.vector(width);
    Map<String, ModuleSpec> modules = LayerProbe.block(loss).modules(Border.of(input), CLASSES);
    BlockLayout layout = BlockLayout.of(LayerProbe.block(loss), Border.of(input), CLASSES);
    FlatState parameters =
        new FlatState(
            StateKind.PARAMETERS,
            layout.parameters(),
            LayerProbe.identities(layout.parameters()),
            host);
    Tensor value =
        LocalLoss.of(
                loss,
                new LocalLoss.Parts(
                    name -> Layers.of(modules.get(name)), Border.of(input), CLASSES))
            .evaluate(
                new LossInput(
                    embeddings,
                    Optional.empty(),
                    new Labels(host, labels),
                    new Pass(parameters.tensors(), Map.of(), true),
                    new ExitSpec(Features.FLAT)))
            .terms()
            .get(0)
            .value();
    // The scope keeps the vector, in whose memory its first tensor is.
    return Scope.get(
        () -> {
          Tensor gradient =
              torch.grad(new TensorVector(value), new TensorVector(embeddings)).get(0);
          return new LossRun(value.item_double(), LayerProbe.list(values(gradient)));
        });
  }

  private Tensor map(float[] values, Shape shape) {
    long rows = values.length / shape.elements();
    Shape.FeatureMap map = shape.requireMap("probe");
    return host.tensor(values, values.length, rows, map.channels(), map.height(), map.width())
        .contiguous(MemoryFormat.ChannelsLast);
  }

  private static float[] gathered(FlatState state, Tensor vector) {
    float[] values = new float[state.length()];
    state.layout().read(vector, values, 0);
    return values;
  }

  private static float[] values(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.numel())];
    Host.read(tensor, values, 0);
    return values;
  }
}
