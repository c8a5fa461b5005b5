package io.blockwise.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code conf/kubernetes} gives to a cluster. */
class KubernetesFilesTest {
  private static final String APPLICATION = "spark-application.yaml";
  private static final String SCHEDULED = "scheduled-spark-application.yaml";

  @ParameterizedTest
  @ValueSource(strings = {"driver", "executor"})
  void podTemplateIsAPodWithoutPrivileges(String role) throws IOException {
    Pod pod = KubernetesFiles.as(KubernetesFiles.one(role + "-pod.yaml"), Pod.class);
    assertUnprivileged(pod.getSpec(), role);
    assertThat(pod.getMetadata().getLabels()).containsEntry("app.kubernetes.io/name", "blockwise");
  }

  private static void assertUnprivileged(PodSpec pod, String role) {
    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getSecurityContext().getRunAsUser()).isEqualTo(185);
    assertThat(pod.getContainers()).hasSize(1);
    Container container = pod.getContainers().get(0);
    assertThat(container.getName()).isEqualTo("spark-kubernetes-" + role);
    assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
    assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(container.getVolumeMounts())
        .extracting("mountPath")
        .contains("/tmp", "/opt/spark/work-dir", "/var/data/spark-local");
    assertThat(pod.getVolumes()).allSatisfy(each -> assertThat(each.getEmptyDir()).isNotNull());
  }

  @Test
  void whoTheDriverIsMayMakePodsOfItsNamespaceAlone() throws IOException {
    List<JsonNode> objects = KubernetesFiles.read("service-account.yaml");
    ServiceAccount account = KubernetesFiles.as(objects.get(0), ServiceAccount.class);
    Role role = KubernetesFiles.as(objects.get(1), Role.class);
    RoleBinding binding = KubernetesFiles.as(objects.get(2), RoleBinding.class);
    assertThat(role.getRules())
        .singleElement()
        .satisfies(
            rule ->
                assertThat(rule.getResources())
                    .containsExactly("pods", "configmaps", "services", "persistentvolumeclaims"));
    assertThat(binding.getSubjects()).extracting("name").containsExactly(nameOf(account));
    assertThat(binding.getRoleRef().getName()).isEqualTo(role.getMetadata().getName());
    assertThat(KubernetesFiles.properties())
        .containsEntry("spark.kubernetes.authenticate.driver.serviceAccountName", nameOf(account));
  }

  private static String nameOf(ServiceAccount account) {
    return account.getMetadata().getName();
  }

  @Test
  void policiesNameThePortsOfTheProperties() throws IOException {
    Properties properties = KubernetesFiles.properties();
    List<String> ports = new ArrayList<>();
    for (JsonNode object : KubernetesFiles.read("network-policy.yaml")) {
      NetworkPolicy policy = KubernetesFiles.as(object, NetworkPolicy.class);
      assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress");
      policy
          .getSpec()
          .getIngress()
          .forEach(
              rule -> rule.getPorts().forEach(port -> ports.add("" + port.getPort().getValue())));
    }
    assertThat(ports)
        .containsExactly(
            properties.getProperty("spark.driver.port"),
            properties.getProperty("spark.driver.blockManager.port"),
            "4040",
            properties.getProperty("spark.blockManager.port"));
  }

  @ParameterizedTest
  @CsvSource({APPLICATION + ",/spec", SCHEDULED + ",/spec/template"})
  void operatorsPodsAreThoseOfTheTemplates(String file, String spec) throws IOException {
    JsonNode application = KubernetesFiles.one(file).at(spec);
    for (String role : List.of("driver", "executor")) {
      PodTemplateSpec template =
          KubernetesFiles.as(application.at("/" + role + "/template"), PodTemplateSpec.class);
      assertUnprivileged(template.getSpec(), role);
      PodSpec own =
          KubernetesFiles.as(KubernetesFiles.one(role + "-pod.yaml"), Pod.class).getSpec();
      assertThat(template.getSpec().getAffinity()).isEqualTo(own.getAffinity());
      assertThat(template.getSpec().getVolumes()).isEqualTo(own.getVolumes());
    }
    Properties properties = KubernetesFiles.properties();
    for (String key :
        List.of(
            "spark.authenticate",
            "spark.network.crypto.enabled",
            "spark.network.crypto.saslFallback",
            "spark.network.crypto.authEngineVersion",
            "spark.io.encryption.enabled",
            "spark.metrics.namespace",
            "spark.metrics.conf.*.sink.prometheusServlet.class",
            "spark.metrics.conf.*.sink.prometheusServlet.path",
            "spark.driver.port",
            "spark.blockManager.port")) {
      assertThat(application.at("/sparkConf").get(key).asText())
          .as(key)
          .isEqualTo(properties.getProperty(key));
    }
    assertThat(application.at("/restartPolicy/type").asText()).isEqualTo("OnFailure");
    assertThat(application.at("/sparkConf").get("spark.decommission.enabled").asBoolean()).isTrue();
  }

  @Test
  void scheduledRunsOfOneModelDoNotOverlap() throws IOException {
    assertThat(KubernetesFiles.one(SCHEDULED).at("/spec/concurrencyPolicy").asText())
        .isEqualTo("Forbid");
  }

  @Test
  void aFieldThatNobodyKnowsIsAnError() throws IOException {
    JsonNode pod = KubernetesFiles.one("driver-pod.yaml");
    ((ObjectNode) pod.at("/spec/containers/0/securityContext")).put("readOnlyFilesystem", true);
    assertThatThrownBy(() -> KubernetesFiles.as(pod, Pod.class))
        .isInstanceOf(UnrecognizedPropertyException.class)
        .hasMessageContaining("readOnlyFilesystem");
  }

  @ParameterizedTest
  @CsvSource({APPLICATION + ",sparkapplications", SCHEDULED + ",scheduledsparkapplications"})
  void operatorsObjectsFitItsSchema(String file, String kind) throws IOException {
    JsonSchema schema = schema(kind);
    JsonNode object = KubernetesFiles.one(file);
    assertThat(schema.validate(object)).isEmpty();
    ((ObjectNode) object.get("spec")).put("restartPolice", "Never");
    assertThat(schema.validate(object)).singleElement().asString().contains("restartPolice");
  }

  private static JsonSchema schema(String kind) throws IOException {
    String folder = System.getenv("BLOCKWISE_SCHEMAS");
    assumeTrue(
        folder != null,
        "BLOCKWISE_SCHEMAS names no folder with the custom resource definitions of"
            + " kubeflow/spark-operator (config/crd/bases)");
    Path file = Path.of(folder, "sparkoperator.k8s.io_" + kind + ".yaml");
    JsonNode definition = new YAMLMapper().readTree(Files.readAllBytes(file));
    JsonNode schema = definition.at("/spec/versions/0/schema/openAPIV3Schema");
    refuseUnknown(schema);
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(schema);
  }

  /** A cluster drops what a schema does not name, without a word. */
  private static void refuseUnknown(JsonNode schema) {
    if (schema instanceof ObjectNode object
        && object.path("properties").isObject()
        && !object.has("additionalProperties")
        && !object.has("x-kubernetes-preserve-unknown-fields")) {
      object.put("additionalProperties", false);
    }
    schema.forEach(KubernetesFilesTest::refuseUnknown);
  }
}
