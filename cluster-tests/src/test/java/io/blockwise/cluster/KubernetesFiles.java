package io.blockwise.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/** The files of {@code conf/kubernetes}, read as a cluster would that takes no unknown field. */
final class KubernetesFiles {
  /** Folder of the sources. */
  static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();

  private static final Path FOLDER = CHECKOUT.resolve("conf").resolve("kubernetes");
  private static final YAMLMapper YAML = strict();

  private KubernetesFiles() {}

  private static YAMLMapper strict() {
    YAMLMapper mapper = new YAMLMapper();
    mapper.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    mapper.setAnnotationIntrospector(
        new JacksonAnnotationIntrospector() {
          // the models keep what they do not know, which is what must not be there
          @Override
          public Boolean hasAnySetter(Annotated annotated) {
            return false;
          }
        });
    return mapper;
  }

  /** The objects of a file. */
  static List<JsonNode> read(String name) throws IOException {
    try (Reader reader = Files.newBufferedReader(FOLDER.resolve(name));
        MappingIterator<JsonNode> all = YAML.readerFor(JsonNode.class).readValues(reader)) {
      return all.readAll();
    }
  }

  /** The object of a file that has one. */
  static JsonNode one(String name) throws IOException {
    List<JsonNode> all = read(name);
    if (all.size() != 1) {
      throw new IllegalStateException(name + " has " + all.size() + " objects");
    }
    return all.get(0);
  }

  /** An object as what it says it is; an unknown field is an error. */
  static <T> T as(JsonNode node, Class<T> type) throws JsonProcessingException {
    return YAML.treeToValue(node, type);
  }

  static Properties properties() throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(FOLDER.resolve("spark-kubernetes.properties"))) {
      properties.load(reader);
    }
    return properties;
  }
}
