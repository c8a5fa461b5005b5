package io.blockwise.model.spec;

import static io.blockwise.model.Checks.requirePositive;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.Serializable;

/** A block's local loss. Immutable. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = LossSpec.CrossEntropy.class, name = "cross-entropy"),
  @JsonSubTypes.Type(value = LossSpec.Scpl.class, name = "scpl")
})
public sealed interface LossSpec extends Serializable {

  /** Whether the exit is the loss's own classifier, so that its gradient reaches the layers. */
  boolean trainsThroughExit();

  /** Cross-entropy of the exit's class scores against the labels, mean over the batch, in nats. */
  record CrossEntropy() implements LossSpec {
    @Override
    public boolean trainsThroughExit() {
      return true;
    }
  }

  /**
   * Supervised contrastive loss on the projected, normalised output (methods 2c); the exit is a
   * probe on detached features, trained by its own cross-entropy.
   *
   * @param temperature divides the cosine similarities, above 0
   * @param divisor what the sum over an anchor's positives is divided by
   * @param head the projection
   */
  record Scpl(double temperature, Divisor divisor, HeadSpec head) implements LossSpec {
    public Scpl {
      requirePositive("scpl.temperature", temperature);
    }

    @Override
    public boolean trainsThroughExit() {
      return false;
    }
  }

  /** What the sum over an anchor's positives is divided by. */
  enum Divisor {
    /** The number of positives; anchors without one are left out of the mean (Khosla 2020). */
    KHOSLA,
    /**
     * The number of positives and the anchor itself; the mean is over all rows (SCPL's authors).
     */
    AUTHORS
  }
}
