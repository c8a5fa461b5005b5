package io.blockwise.model.onnx;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.CodedOutputStream;
import io.blockwise.base.Checks;
import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.model.artifact.ModelDescription;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.spec.SpecJson;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The blocks of a published model up to an exit as a file in ONNX's format, opset 17.
 *
 * <p>Inputs, one for every field that these blocks read, by the field's name, of any number of
 * rows:
 *
 * <ul>
 *   <li>images: {@code uint8 [rows, channels, height, width]}, pixels as they are
 *   <li>texts: {@code int64 [rows, positions]}, ids of tokens, 0 behind a text's end; at least one
 *       of each row is none
 *   <li>numbers: {@code float [rows, columns]}, as they are; NaN of one that is missing, where the
 *       model was trained with such
 * </ul>
 *
 * <p>Outputs: {@link #SCORES} and {@link #PROBABILITIES}, {@code float [rows, classes]}, the second
 * at the exit's temperature. What else there is to know, such as the names of the classes and a
 * vocabulary, is in the file's metadata. The same model gives the same bytes. Immutable.
 */
public final class OnnxModel {
  /** Output before any softmax. */
  public static final String SCORES = "scores";

  /** Output that sums up to 1. */
  public static final String PROBABILITIES = "probabilities";

  private static final List<String> OUTPUTS = List.of(SCORES, PROBABILITIES);
  private static final long MOST_BYTES = Integer.MAX_VALUE;

  private final ProtoMessage message;

  private OnnxModel(ProtoMessage message) {
    this.message = message;
  }

  /**
   * Makes one.
   *
   * @param block the one whose exit answers, from 1; those behind it are left out
   * @throws io.blockwise.base.InvalidValueException if there is no such block
   * @throws UserException if a layer has no operator, a field has the name of an output, or the
   *     file would be larger than protobuf can be, 2 GiB
   */
  public static OnnxModel of(ModelVersion version, int block) {
    return of(version, block, Operators.ALL, MOST_BYTES);
  }

  static OnnxModel of(ModelVersion version, int block, Operators operators, long mostBytes) {
    Checks.requireWithin("block", block, 1, version.blocks().size());
    requireOtherNames(version.description());
    NetworkGraph network = new NetworkGraph(version, operators, OUTPUTS);
    String scores = network.scores(block);
    addOutputs(network.graph(), scores, version.description(), block);
    ProtoMessage graph = network.graph().message(version.description().name());
    ProtoMessage message =
        Proto.model(
            Map.entry("Blockwise", producer()), graph, metadata(version, block, network.fields()));
    if (message.bytes() > mostBytes) {
      throw UserException.cannot(
          "export model " + version.description().name() + " to ONNX",
          "the file would have " + message.bytes() + " bytes, and may have " + mostBytes,
          "export a shortcut, --exit K, or read the model by the Python package");
    }
    return new OnnxModel(message);
  }

  private static void requireOtherNames(ModelDescription model) {
    for (String output : OUTPUTS) {
      if (model.fields().containsKey(output)) {
        throw UserException.cannot(
            "export model " + model.name() + " to ONNX",
            "its field " + output + " has the name of an output",
            "give the field another name, and train again");
      }
    }
  }

  private static void addOutputs(Graph graph, String scores, ModelDescription model, int block) {
    List<?> sizes = List.of("rows", model.classes().size());
    graph.output(scores, SCORES, sizes);
    double temperature = model.exits().divisors().of(block - 1);
    String divided =
        temperature == 1
            ? scores
            : graph.add("answer", "Div", List.of(scores, graph.real((float) temperature)));
    Attribute ofClasses = Attribute.number("axis", -1);
    String softmax = graph.add("answer", "Softmax", List.of(divided), ofClasses);
    graph.output(softmax, PROBABILITIES, sizes);
  }

  private static String producer() {
    String version = OnnxModel.class.getPackage().getImplementationVersion();
    return version == null ? "" : version;
  }

  private static Map<String, String> metadata(ModelVersion version, int block, Set<String> read) {
    ModelDescription model = version.description();
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("model", model.name());
    metadata.put("version", version.id());
    metadata.put("exit", Integer.toString(block));
    metadata.put("blocks", Integer.toString(version.blocks().size()));
    metadata.put("classes", list(model.classes()));
    metadata.put(
        "losses",
        list(
            model.network().blocks().stream()
                .limit(block)
                .map(spec -> Names.of(spec.loss().getClass()))
                .toList()));
    ObjectNode fields = (ObjectNode) SpecJson.toTree(model).get("fields");
    metadata.put("fields", fields.retain(read).toString());
    version
        .vocabularies()
        .forEach(
            (field, words) -> {
              if (read.contains(field)) {
                metadata.put("vocabulary." + field, String.join("\n", words));
              }
            });
    return metadata;
  }

  private static String list(List<String> values) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    values.forEach(array::add);
    return array.toString();
  }

  /** Length of the file. */
  public long bytes() {
    return message.bytes();
  }

  /** Writes the file and leaves {@code out} open. */
  public void write(OutputStream out) throws IOException {
    message.writeTo(CodedOutputStream.newInstance(out));
  }
}
