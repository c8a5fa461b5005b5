package io.blockwise.model.artifact;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.blockwise.base.Checks;
import io.blockwise.base.IfAbsent;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * All that answering with a model needs beside its blocks: {@code model.json}, which has further
 * keys for other programs.
 *
 * <p>Always true: one class name per class, at least one field, and fields that the network reads.
 * Immutable.
 *
 * @param name of the model
 * @param dataKind kind of the data set that it was trained on, as in the data set's manifest
 * @param classes names in the order of the class ids
 * @param fields of a row, by name: first what the network reads, then what some block reads beside
 *     the output of the one before it
 * @param exits how they are read; {@link Exits#PLAIN} in versions from before there was more
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ModelDescription(
    String name,
    String dataKind,
    List<String> classes,
    Map<String, InputField> fields,
    NetworkSpec network,
    @IfAbsent(
            "{\"temperatures\":[],\"rule\":\"full\",\"leaving\":[],\"grid\":[],\"guarantees\":[]}")
        Exits exits) {
  public ModelDescription {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(dataKind, "dataKind");
    classes = List.copyOf(classes);
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    if (classes.size() != network.classes()) {
      throw Checks.invalid("classes", classes, "must be " + network.classes() + " names");
    }
    if (fields.isEmpty()) {
      throw Checks.invalid("fields", fields, "must be at least one");
    }
    requireFits(fields, network);
    exits.requireFit(network.blocks().size());
  }

  private static void requireFits(Map<String, InputField> fields, NetworkSpec network) {
    Map<String, Shape> read = new LinkedHashMap<>();
    read.put(fields.keySet().iterator().next(), network.input());
    read.putAll(network.sides());
    if (!fields.keySet().equals(read.keySet())) {
      throw Checks.invalid(
          "fields", fields.keySet(), "must be " + read.keySet() + ", as the network reads them");
    }
    fields.forEach((name, field) -> field.requireFits(read.get(name)));
  }

  /** Names of the fields whose values are texts, with the ids that each has. */
  Map<String, Integer> ids() {
    Map<String, Integer> ids = new LinkedHashMap<>();
    fields.forEach(
        (name, field) -> {
          if (field instanceof InputField.Tokens tokens) {
            ids.put(name, tokens.vocabularySize());
          }
        });
    return ids;
  }

  /** Name of the field that networks read, the first one. */
  public String mainField() {
    return fields.keySet().iterator().next();
  }

  /** The same with other exits. */
  public ModelDescription with(Exits other) {
    return new ModelDescription(name, dataKind, classes, fields, network, other);
  }
}
