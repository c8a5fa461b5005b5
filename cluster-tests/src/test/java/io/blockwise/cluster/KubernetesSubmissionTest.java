package io.blockwise.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.testing.Command;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What Spark's own submission with the recipe of the documentation asks a cluster for. */
class KubernetesSubmissionTest {
  private static final String PLANTED = "pl4nted";

  private static KubernetesApi api;
  private static Pod driver;
  private static Container container;

  @BeforeAll
  static void submit() throws Exception {
    api = KubernetesApi.start();
    Command.Result result =
        Command.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.apache.spark.deploy.SparkSubmit",
                "--master",
                api.master(),
                "--properties-file",
                "conf/kubernetes/spark-kubernetes.properties",
                "--conf",
                "spark.kubernetes.submission.waitAppCompletion=false",
                "--conf",
                "spark.kubernetes.driver.secretKeyRef.AWS_SECRET_ACCESS_KEY=blockwise-s3:secret-key",
                "--class",
                "io.blockwise.job.Blockwise",
                "local:///opt/blockwise/blockwise.jar",
                "train",
                "/opt/blockwise/conf/sst2.conf",
                "--set",
                "output=s3a://bucket/blockwise")
            .with(Map.of("AWS_SECRET_ACCESS_KEY", PLANTED, "KUBECONFIG", "/nowhere"))
            .in(KubernetesFiles.CHECKOUT)
            .run(Duration.ofMinutes(2));
    assertThat(result.code()).as(result.err()).isZero();
    List<JsonNode> pods = api.objects("Pod");
    assertThat(pods).as(result.err()).isNotEmpty();
    driver = KubernetesFiles.as(pods.get(0), Pod.class);
    container = driver.getSpec().getContainers().get(0);
  }

  @AfterAll
  static void close() {
    api.close();
  }

  @Test
  void driverRunsTheImageAsNobody() {
    assertThat(driver.getSpec().getServiceAccountName()).isEqualTo("blockwise-driver");
    assertThat(container.getImage()).isEqualTo("registry.example.org/blockwise:0.1.0");
    assertThat(container.getName()).isEqualTo("spark-kubernetes-driver");
    assertThat(driver.getSpec().getSecurityContext().getRunAsUser()).isEqualTo(185);
    assertThat(driver.getSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(container.getResources().getLimits().get("memory").toString()).isEqualTo("5120Mi");
  }

  @Test
  void everythingThatIsWrittenToIsAVolume() {
    Map<String, String> mounts =
        container.getVolumeMounts().stream()
            .collect(Collectors.toMap(VolumeMount::getMountPath, VolumeMount::getName));
    Map<String, Volume> volumes =
        driver.getSpec().getVolumes().stream()
            .collect(Collectors.toMap(Volume::getName, volume -> volume));
    String local = variable("SPARK_LOCAL_DIRS").getValue();
    assertThat(local).isEqualTo("/var/data/spark-local");
    for (String place : List.of("/tmp", "/opt/spark/work-dir", local)) {
      assertThat(mounts).containsKey(place);
      assertThat(volumes.get(mounts.get(place)).getEmptyDir()).as(place).isNotNull();
    }
  }

  @Test
  void driverIsStartedWithTheUsersArguments() {
    assertThat(container.getArgs())
        .containsExactly(
            "driver",
            "--properties-file",
            "/opt/spark/conf/spark.properties",
            "--class",
            "io.blockwise.job.Blockwise",
            "local:///opt/blockwise/blockwise.jar",
            "train",
            "/opt/blockwise/conf/sst2.conf",
            "--set",
            "output=s3a://bucket/blockwise");
    assertThat(variable("OMP_NUM_THREADS").getValue()).isEqualTo("4");
  }

  @Test
  void credentialsAreNamedAndNotSent() {
    EnvVar key = variable("AWS_SECRET_ACCESS_KEY");
    assertThat(key.getValue()).isNull();
    assertThat(key.getValueFrom().getSecretKeyRef().getName()).isEqualTo("blockwise-s3");
    for (String kind : List.of("Pod", "ConfigMap", "Service")) {
      assertThat(api.objects(kind)).as(kind).isNotEmpty();
      assertThat(api.objects(kind)).as(kind).noneMatch(made -> made.toString().contains(PLANTED));
    }
  }

  @Test
  void messagesOfTheRunAreEncrypted() {
    assertThat(api.objects("ConfigMap"))
        .anySatisfy(
            map ->
                assertThat(map.at("/data/spark.properties").asText())
                    .contains("spark.authenticate=true")
                    .contains("spark.network.crypto.enabled=true")
                    .doesNotContain("spark.authenticate.secret"));
  }

  private static EnvVar variable(String name) {
    return container.getEnv().stream()
        .filter(each -> each.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
