package io.blockwise.model.artifact;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.blockwise.base.Checks;
import io.blockwise.model.spec.Shape;
import java.io.Serializable;

/**
 * What a model keeps of a field of the rows that it was trained on, by the field's kind: all that
 * another row takes to become the network's input. Immutable.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
public sealed interface InputField extends Serializable {
  /**
   * Checks that a network reads such fields.
   *
   * @param input shape of one example that the network reads
   * @throws io.blockwise.base.InvalidValueException if it does not
   */
  void requireFits(Shape input);

  /**
   * Images.
   *
   * @param flippable whether a mirrored one still shows its class
   * @param normalisation of their channels
   */
  record Image(boolean flippable, Normalisation normalisation) implements InputField {
    @Override
    public void requireFits(Shape input) {
      int channels = input.requireMap("image").channels();
      if (normalisation.channels() != channels) {
        throw Checks.invalid(
            "normalisation", normalisation, "must be for " + channels + " channels");
      }
    }
  }
}
