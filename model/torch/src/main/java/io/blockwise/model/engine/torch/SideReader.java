package io.blockwise.model.engine.torch;

import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.ModuleSpec;
import io.blockwise.model.spec.SideInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Joins what a block reads with further fields of the rows. Immutable. */
final class SideReader {
  /** Dimensions of {@code [rows, positions, features]}. */
  private static final int SEQUENCE = 3;

  /** Dimensions of {@code [rows, channels, height, width]}. */
  private static final int MAP = 4;

  private record Side(String field, SideInput.Join join, Layer module) {}

  /**
   * What a block's layers read.
   *
   * @param pass on rows of its lengths
   * @param texts those lengths where a field has changed them; closed by whoever reads
   */
  record Read(Tensor activation, Pass pass, Optional<Texts> texts) {
    void close() {
      texts.ifPresent(Texts::close);
    }
  }

  private final Host host;
  private final List<Side> sides = new ArrayList<>();

  /**
   * @param modules of the block
   */
  SideReader(
      BlockSpec spec, Map<String, ModuleSpec> modules, UnaryOperator<Layer> autocast, Host host) {
    this.host = host;
    for (int i = 0; i < spec.sides().size(); i++) {
      SideInput side = spec.sides().get(i);
      Layer module = autocast.apply(Layers.of(modules.get(BlockSpec.side(i))));
      sides.add(new Side(side.field(), side.join(), module));
    }
  }

  /**
   * What the layers read.
   *
   * @param activation of the block before
   * @param fields of its rows
   * @throws IllegalArgumentException if a field that the block reads is not among them
   */
  Read read(Tensor activation, Sides fields, Pass pass) {
    Read read = new Read(activation, pass, Optional.empty());
    for (Side side : sides) {
      read = joined(side, read, fields);
    }
    return read;
  }

  private Read joined(Side side, Read read, Sides fields) {
    Optional<Texts> tokens =
        fields.isTokens(side.field) ? Optional.of(fields.texts(side.field)) : Optional.empty();
    Tensor field = tokens.map(Texts::ids).orElseGet(() -> fields.values(side.field));
    // its rows are as long as its own texts
    Pass own = read.pass.with(read.pass.beside().with(tokens)).aside();
    Tensor value = side.module.forward(field, own);
    return switch (side.join) {
      case SEQUENCE -> behind(read, value, tokens);
      case VECTOR ->
          new Read(torch.cat(new TensorVector(read.activation, value), 1), read.pass, read.texts);
      case ADD -> new Read(read.activation.add(spread(value, read)), read.pass, read.texts);
    };
  }

  /** The field's positions behind those of each row, without padding between the two. */
  private Read behind(Read read, Tensor value, Optional<Texts> tokens) {
    Texts before = read.pass.texts();
    Optional<Texts> second = value.dim() == SEQUENCE ? tokens : Optional.empty();
    Texts after = Texts.behind(host, before, second);
    long features = read.activation.size(SEQUENCE - 1);
    Tensor all =
        torch.cat(
            new TensorVector(
                read.activation.reshape(-1, features),
                value.reshape(-1, features),
                value.new_zeros(1, features)),
            0);
    Tensor joined =
        all.index_select(0, after.joinedFrom(before, second))
            .view(after.rows(), after.positions(), features);
    read.close();
    return new Read(
        joined, read.pass.with(read.pass.beside().with(Optional.of(after))), Optional.of(after));
  }

  /** A vector for every position of what it is added to. */
  private static Tensor spread(Tensor value, Read read) {
    if (value.dim() == read.activation.dim()) {
      return value;
    }
    return read.activation.dim() == MAP
        ? value.unsqueeze(2).unsqueeze(MAP - 1)
        : value.unsqueeze(1);
  }
}
