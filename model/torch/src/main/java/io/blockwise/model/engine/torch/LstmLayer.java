package io.blockwise.model.engine.torch;

import io.blockwise.model.spec.TextLayers.Lstm;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * libtorch's LSTM in both directions with packed semantics, in one of two ways that give the same.
 *
 * <pre>
 *   packed   tokens of all rows one behind the other, both directions at once
 *   padded   forward on the rows as they are; backward on rows turned round, each within its length
 * </pre>
 *
 * <p>On a CPU packed rows go position by position through small products, and padded ones through
 * oneDNN's fused layers. But these end behind the padding, so that the states with which a row ends
 * are only known packed.
 */
final class LstmLayer implements Layer {
  private final Lstm spec;
  private final List<String> forward;
  private final List<String> backward;

  private LstmLayer(String name, Lstm spec) {
    this.spec = spec;
    forward = tensors(name, "");
    backward = tensors(name, "_reverse");
  }

  static Layer of(String name, Lstm spec) {
    return new LstmLayer(name, spec);
  }

  private static List<String> tensors(String name, String direction) {
    return Stream.of("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        .map(tensor -> name + "." + tensor + direction)
        .toList();
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    return spec.carry() || !x.is_cpu() ? packed(x, pass) : padded(x, pass);
  }

  private Tensor padded(Tensor x, Pass pass) {
    Texts texts = pass.texts();
    Tensor ahead = oneWay(x, forward, pass);
    Tensor back = turned(oneWay(turned(x, texts), backward, pass), texts);
    Tensor both = torch.cat(new TensorVector(ahead, back), 2);
    return texts.full() ? both : both.mul(texts.mask().view(x.size(0), x.size(1), 1));
  }

  /** Every row backwards within its length; twice is as it was. */
  private static Tensor turned(Tensor x, Texts texts) {
    return x.flatten(0, 1).index_select(0, texts.turnedTokens()).view(x.sizes().vec().get());
  }

  private Tensor oneWay(Tensor x, List<String> names, Pass pass) {
    Tensor zeros = torch.zeros(new long[] {1, x.size(0), spec.units()}, x.options());
    TensorVector weights = tensors(names.stream(), pass);
    return torch
        .lstm(x, new TensorVector(zeros, zeros), weights, true, 1, 0, pass.training(), false, true)
        .get0();
  }

  private static TensorVector tensors(Stream<String> names, Pass pass) {
    return new TensorVector(names.map(pass::parameter).toArray(Tensor[]::new));
  }

  private Tensor packed(Tensor x, Pass pass) {
    Texts texts = pass.texts();
    Tensor all = x.flatten(0, 1);
    T_TensorTensorTensor_T read =
        torch.lstm(
            all.index_select(0, texts.packedTokens()),
            texts.textsPerPosition(),
            first(x, pass),
            tensors(Stream.concat(forward.stream(), backward.stream()), pass),
            true,
            1,
            0,
            pass.training(),
            true);
    if (spec.carry()) {
      pass.states().set(byRow(read.get1(), texts), byRow(read.get2(), texts));
    }
    long width = 2L * spec.units();
    Tensor zeros = torch.zeros(new long[] {all.size(0), width}, read.get0().options());
    return zeros.index_copy(0, texts.packedTokens(), read.get0()).view(x.size(0), x.size(1), width);
  }

  /** States to begin with, {@code [2, rows, units]}, the longest row first. */
  private TensorVector first(Tensor x, Pass pass) {
    if (spec.carry() && pass.states().hidden().isPresent()) {
      Tensor order = pass.texts().byLength();
      return new TensorVector(
          pass.states().hidden().get().transpose(0, 1).index_select(1, order),
          pass.states().cell().orElseThrow().transpose(0, 1).index_select(1, order));
    }
    Tensor zeros = torch.zeros(new long[] {2, x.size(0), spec.units()}, x.options());
    return new TensorVector(zeros, zeros);
  }

  private static Tensor byRow(Tensor states, Texts texts) {
    return states.index_select(1, texts.placesByLength()).transpose(0, 1);
  }
}
