package io.blockwise.job.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.job.training.SmallTables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@Tag("thorough")
class PlanTest {
  @TempDir Path directory;

  @Test
  void textSaysWhatARunTakes() throws Exception {
    String text =
        text(
            SmallRuns.settings(
                directory,
                "workers=2",
                "averaging.period=8",
                "averaging.gain=norm",
                "training.scale-rate=sqrt-workers",
                "training.scale-noise=workers"),
            "local-cluster[2,1,1024]");
    assertThat(text.lines().map(line -> line.strip().replaceAll(" +", " ")))
        .contains(
            "Plan of small: method scpl (local), input [3, 32, 32], 10 classes",
            "Data set shapes: 360 rows of train in 4 shards",
            "executors 2",
            "slots 2",
            "workers 2, 1 in a process",
            "threads of each 1",
            "shards of a worker 2",
            "steps of a worker 11 in an epoch",
            "steps of all 22 in an epoch, 44 in all 2",
            "2 workers with about 22 steps each: compare with one worker and batches of 32",
            "each as many steps as one worker alone: training.epochs = 4, or training.epochs-at ="
                + " steps",
            "learning rate 0.00424, 1.41 times the configured",
            "noise that of the mean of 2 workers",
            "gain 1 to 1.41, as the workers' changes differ",
            "rows left out 8 of 360 in an epoch",
            "of 16 rows of 10 classes 20.6 % have no other row of their class and teach scpl"
                + " nothing (training.augmentation = two-view)",
            "pushes 12 in an epoch",
            "--conf spark.executor.memory=512m",
            "--conf spark.executor.cores=1",
            "--conf spark.task.cpus=1",
            "--conf spark.executorEnv.OMP_NUM_THREADS=1",
            "--conf spark.driver.memory=1024m",
            "Not yet verified on a GPU: all figures are for the CPU.")
        .anyMatch(line -> line.startsWith("1 268 352 10250 16 "))
        .noneMatch(line -> line.contains("memoryOverhead"))
        .anyMatch(line -> line.matches("3 \\d+\\.\\d\\d M \\d+ % .* [KM]iB \\d+ % .* ms \\d+ %"))
        .anyMatch(line -> line.matches("resident at least .* MiB, at most .* MiB"))
        .anyMatch(line -> line.matches("of that \\d+\\.\\d KiB for averaging.gain"))
        .anyMatch(line -> line.matches("driver's network .*/s in, .*/s out"))
        .anyMatch(line -> line.matches("step \\d+ ms: median of \\d+ steps of one worker .*"))
        .anyMatch(line -> line.matches("examples \\d+/s of all workers if each has .*"));
  }

  @Test
  @Tag("slow") // rehearses a run several times
  void textSaysThatSlowerWorkersPushMoreOften() throws Exception {
    assertThat(pushes("averaging.period=8"))
        .contains("pushes 12 in an epoch, slower workers up to 4 times as often");
    assertThat(pushes("averaging.period=1"))
        .contains("pushes 66 in an epoch")
        .doesNotContain("slower");
  }

  private String pushes(String period) throws Exception {
    Path own = Files.createDirectory(directory.resolve(period));
    Settings settings =
        SmallRuns.settings(own, "workers=2", "averaging.period-by-speed=true", period);
    return text(settings, "local-cluster[2,1,1024]").replaceAll(" +", " ");
  }

  @Test
  @Tag("slow") // rehearses a run of two processes
  void roundsWithGraceArePlannedWithPeriodsBySpeed() throws Exception {
    Settings settings =
        SmallRuns.settings(
            directory,
            "workers=2",
            "averaging.rule=quorum",
            "averaging.quorum.wait=grace",
            "averaging.period=4",
            "averaging.period-by-speed=true");
    assertThat(text(settings, "local-cluster[2,1,1024]")).contains("slower workers up to 4 times");
  }

  @Test
  void nothingIsPreparedOrWritten() throws Exception {
    Settings settings = SmallRuns.unprepared(directory, "workers=2");
    assertThat(text(settings, "local[2]"))
        .contains("is not prepared yet: counted by the configuration")
        .contains("threads of one process, no executors")
        .contains("stays in the process")
        .doesNotContain("spark.executor.");
    assertThat(directory.resolve("out")).doesNotExist();
  }

  @Test
  void withoutRowsThereAreNoStepsButStillBlocksAndMemory() throws Exception {
    Settings settings =
        SmallRuns.unprepared(
            directory,
            "data.kind=cifar-100",
            "data.download=true",
            "training.augmentation=two-view");
    assertThat(text(settings, "yarn"))
        .contains("100 classes", "make it with bin/blockwise prepare")
        .contains("give spark.executor.instances", "give spark.executor.cores")
        .contains("--conf spark.executor.memoryOverhead=")
        .contains("without the rows of the data set")
        .doesNotContain("steps of a worker", "pushes  ");
  }

  @Test
  void overheadIsNotRecommendedWhereItHasNoEffect() throws Exception {
    assertThat(text(SmallRuns.settings(directory), "spark://host:7077"))
        .contains("nothing watches over it: the executor's machine has to have room for all of it")
        .contains("--conf spark.executor.memory=")
        .doesNotContain("memoryOverhead");
  }

  @Test
  void folderOfImagesHasToBePreparedFirst() {
    Settings settings =
        SmallRuns.unprepared(
            directory, "data.kind=image-folder", "data.path=" + directory.resolve("images"));
    assertRefused(settings, "local[2]", Map.of())
        .hasMessageStartingWith("Cannot plan: only the data set says how many classes");
  }

  @Test
  void dataSetThatMissesAShardIsRefusedAsInTraining() throws Exception {
    Settings settings = SmallRuns.settings(directory);
    Files.delete(directory.resolve("out/datasets/shapes/test/shard-00000.parquet"));
    assertThatThrownBy(() -> text(settings, "local[2]"))
        .hasMessageStartingWith("Cannot read shard test/");
  }

  @Test
  void batchLargerThanAWorkersShareIsRefused() {
    assertRefused(
            SmallRuns.settings(directory, "workers=2", "training.batch-size=181"),
            "local[2]",
            Map.of())
        .hasMessageStartingWith("Cannot train with training.batch-size = 181");
  }

  @Test
  void weightOfAClassThatIsNoneIsRefused() {
    String[] zebra = {"training.class-weights.of=[{name = zebra, weight = 2}]"};
    assertRefused(SmallRuns.settings(directory, zebra), "local[2]", Map.of())
        .hasMessageStartingWith(
            "Invalid training.class-weights.of: zebra (must name classes of the data set: ");
  }

  @Test
  void aTableIsPlannedByItsColumnsOnceItIsThere() throws Exception {
    assertRefused(SmallTables.settings(directory, directory), "local[2]", Map.of())
        .hasMessage(
            "Cannot plan: only the data set says how many columns and classes a table has, and it is"
                + " not there (make it with bin/blockwise prepare)");
    SmallTables.prepare(directory);
    assertThat(text(SmallTables.settings(directory, directory), "local[2]").lines())
        .contains("Plan of small: method scpl (local), input [3], 3 classes");
  }

  @Test
  void engineThatDoesNotKnowThePrecisionIsRefused() {
    assertRefused(
            SmallRuns.settings(directory, "engine=dl4j", "precision=bfloat16"), "yarn", Map.of())
        .hasMessageStartingWith("Cannot use engine = dl4j: it computes in float32 only");
  }

  @Test
  void threadsThatDisagreeAreRefused() {
    assertRefused(SmallRuns.settings(directory), "yarn", Map.of("spark.task.cpus", "3"))
        .hasMessageStartingWith("Cannot use spark.task.cpus = 3");
  }

  @Test
  @Tag("slow") // rehearses a run several times
  void memoryThatIsTooSmallIsRefused() {
    Settings settings = SmallRuns.settings(directory);
    assertRefused(settings, "local-cluster[1,1,64]", Map.of("spark.executor.memory", "64m"))
        .hasMessageMatching(
            "Cannot train with spark.executor.memory = 64m: the process needs about \\d+ MiB of"
                + " heap \\(raise it to 512m, or lower workers, training.batch-size or"
                + " data.memory\\)");
    assertRefused(settings, "yarn", Map.of("spark.executor.memoryOverhead", "200m"))
        .hasMessageMatching(
            "Cannot train with spark.executor.memoryOverhead = 200m: .* outside the heap .*");
    assertRefused(settings, "yarn", Map.of("spark.driver.memory", "64m"))
        .hasMessageStartingWith("Cannot train with spark.driver.memory = 64m: ");
    assertRefused(settings, "yarn", Map.of("spark.executor.memory", "lots"))
        .hasMessage("Invalid spark.executor.memory: lots (must be a size such as 4g)");
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      Settings settings, String master, Map<String, String> properties) {
    return assertThatThrownBy(() -> new Plan(settings, properties(master, properties)))
        .isInstanceOf(UserException.class);
  }

  private static String text(Settings settings, String master) throws Exception {
    return PlanText.of(new Plan(settings, properties(master, Map.of())));
  }

  private static SparkProperties properties(String master, Map<String, String> properties) {
    Map<String, String> all = new HashMap<>(properties);
    all.put(Plan.MASTER, master);
    return new SparkProperties(all::get);
  }
}
