package io.blockwise.job.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.config.Settings;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.artifact.Exits;
import io.blockwise.model.artifact.ModelVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Class scores of ONNX Runtime against those of Java, of every backbone, method and layer, through
 * every exit; the largest difference of each is printed. A score may differ by 1e-5 of the largest
 * one of its exit.
 */
class EveryNetworkInOnnxTest {
  private static final double BOUND = 1e-5;
  private static final int ROWS = 7;

  private static final List<String> SMALL =
      List.of(
          "mlp.hidden=[20, 10]",
          "cnn.width=4",
          "vgg8.width=4",
          "vgg-wide.width=4",
          "resnet18.width=4",
          "resnet32.width=2",
          "resnet110.width=2",
          "text-linear={embedding.width = 6, hidden = [8, 8]}",
          "text-lstm={embedding.width = 6, units = 8, layers = 2}",
          "text-transformer={embedding.width = 6, heads = 2, feed-forward = 8, layers = 2}");

  @TempDir Path directory;

  @ParameterizedTest
  @MethodSource("io.blockwise.job.training.EveryNetwork#ofImages")
  @ValueSource(
      strings = {
        "backbone=mlp, method=scpl",
        "backbone=cnn, method=deinforeg",
        "backbone=vgg-small, method=bp",
        "backbone=vgg-small, method=scpl",
        "backbone=vgg-small, method=al",
        "backbone=vgg-small, method=deinforeg",
        "backbone=vgg-small, method=predsim",
        "backbone=vgg-small, method=pred",
        "backbone=vgg8, method=pred",
        "backbone=vgg-wide, method=predsim",
        "backbone=resnet18, method=scpl",
        "backbone=resnet32, method=al",
        "backbone=resnet110, method=bp",
        "network.blocks=[[{type = convolution, filters = 6, stride = 2}, {type = adaptive-average-pool,"
            + " side = 5}, {type = tanh}]]",
      })
  void imagesAreAnsweredAsByJava(String set) throws Exception {
    assertAgree(set, RandomModel.ofImages(32));
  }

  @ParameterizedTest
  @MethodSource("io.blockwise.job.training.EveryNetwork#ofTexts")
  @ValueSource(
      strings = {
        "backbone=text-linear, method=scpl",
        "backbone=text-linear, method=predsim",
        "backbone=text-lstm, method=scpl",
        "backbone=text-lstm, method=deinforeg",
        "backbone=text-transformer, method=al",
      })
  void textsAreAnsweredAsByJava(String set) throws Exception {
    assertAgree(
        "data={kind = text, path = none}, exit.features=pooled, " + set, RandomModel.ofTexts());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "backbone=mlp, method=scpl",
        "backbone=mlp, method=al",
        "backbone=mlp, method=deinforeg",
        "backbone=mlp, method=pred, exit.kind=mlp-bn",
        "network.blocks=[[{type = dense, units = 9}, {type = layer-norm}, {type = relu}]]",
      })
  void numbersAreAnsweredAsByJava(String set) throws Exception {
    assertAgree("data={kind = table, path = none}, " + set, RandomModel.ofNumbers());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "side.inputs=[{block = 2, field = title, join = sequence}]",
        "side.inputs=[{block = 2, field = title, join = add}]",
        "side.inputs=[{block = 2, field = size, join = sequence}, {block = 2, field = title, join ="
            + " sequence}]",
        "side.inputs=[{block = 2, field = size, join = add}]",
        "backbone=text-linear, side.inputs=[{block = 2, field = size, join = vector}]",
        "backbone=text-linear, side.inputs=[{block = 3, field = title, join = vector}]",
      })
  void furtherFieldsOfTextsAreReadAsByJava(String set) throws Exception {
    String own =
        "data={kind = text, path = none}, exit.features=pooled, method=pred, text-lstm.carry=true, backbone=text-lstm, "
            + set;
    assertAgree(own, RandomModel.ofTexts().withSides(set));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void furtherChannelsAreReadAsByJava(int stride) throws Exception {
    String set =
        "method=pred, network.blocks=[[{type = convolution, filters = 4, stride = %d}, {type = relu}],"
                .formatted(stride)
            + " [{type = convolution, filters = 8}, {type = batch-norm}, {type = relu}]],"
            + " side.inputs=[{block = 2, field = images}, {block = 2, field = size}]";
    assertAgree(set, RandomModel.ofImages(8).withSides(set));
  }

  @Test
  void aFieldMayHaveTheNameOfATensor() throws Exception {
    assertAgree("backbone=mlp, method=pred", RandomModel.ofImages("block1.layers.1.weight", 8));
  }

  private void assertAgree(String set, RandomModel model) throws Exception {
    Settings settings = SmallRuns.unprepared(directory, sets(set));
    ModelVersion version = model.version(settings, Exits.PLAIN);
    double difference = new Comparison(version, model.examples(ROWS)).difference();
    System.out.printf(Locale.ROOT, "%.1e in ONNX: %s%n", difference, set);
    assertThat(difference).isLessThan(BOUND);
  }

  private static String[] sets(String set) {
    List<String> sets = new ArrayList<>(SMALL);
    sets.addAll(List.of(set.split(", (?=[a-z.-]+=)", -1)));
    return sets.toArray(String[]::new);
  }
}
