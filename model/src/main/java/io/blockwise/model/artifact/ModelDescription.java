package io.blockwise.model.artifact;

import io.blockwise.base.Checks;
import io.blockwise.model.spec.NetworkSpec;
import java.util.List;
import java.util.Objects;

/**
 * All that answering with a model needs beside its blocks: {@code model.json}.
 *
 * <p>Always true: one class name per class, normalisation for every input channel. Immutable.
 *
 * @param name of the model
 * @param dataKind kind of the data set that it was trained on, as in the data set's manifest
 * @param flippable whether a mirrored example still shows its class
 * @param classes names in the order of the class ids
 */
public record ModelDescription(
    String name,
    String dataKind,
    boolean flippable,
    List<String> classes,
    Normalisation normalisation,
    NetworkSpec network) {
  public ModelDescription {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(dataKind, "dataKind");
    classes = List.copyOf(classes);
    if (classes.size() != network.classes()) {
      throw Checks.invalid("classes", classes, "must be " + network.classes() + " names");
    }
    if (normalisation.channels() != network.input().channels()) {
      throw Checks.invalid(
          "normalisation",
          normalisation,
          "must be for " + network.input().channels() + " channels");
    }
  }
}
