package io.blockwise.job.config;

import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.assembly.Backbone;
import io.blockwise.model.spec.assembly.TextBackbone;
import java.util.List;

/** The backbone by name, and every backbone's own keys. Immutable. */
public record BackboneSettings(
    Backbone.Name backbone,
    Backbone.Mlp mlp,
    Backbone.Cnn cnn,
    Backbone.VggSmall vggSmall,
    Backbone.Vgg8 vgg8,
    Backbone.VggWide vggWide,
    Backbone.Resnet18 resnet18,
    Backbone.Resnet32 resnet32,
    Backbone.Resnet110 resnet110,
    TextBackbone.Linear textLinear,
    TextBackbone.Lstm textLstm,
    TextBackbone.Transformer textTransformer) {

  /** The layers of every block, as the literature cuts the backbone. */
  List<List<LayerSpec>> blocks() {
    Backbone chosen =
        switch (backbone) {
          case MLP -> mlp;
          case CNN -> cnn;
          case VGG_SMALL -> vggSmall;
          case VGG8 -> vgg8;
          case VGG_WIDE -> vggWide;
          case RESNET18 -> resnet18;
          case RESNET32 -> resnet32;
          case RESNET110 -> resnet110;
          case TEXT_LINEAR -> textLinear;
          case TEXT_LSTM -> textLstm;
          case TEXT_TRANSFORMER -> textTransformer;
        };
    return chosen.blocks();
  }
}
