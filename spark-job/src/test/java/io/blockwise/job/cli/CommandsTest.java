package io.blockwise.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.comparison.Comparison;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<String> called = new ArrayList<>();

  @TempDir Path directory;
  private String conf;

  @BeforeEach
  void writeConfiguration() throws IOException {
    conf = Files.writeString(directory.resolve("small.conf"), "seed = 5").toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"prepare", "train", "evaluate", "features", "plan"})
  void commandGetsTheSettings(String command) {
    int code = run(command, conf, "--set", "workers=2", "--set=training.epochs=3");
    assertThat(err.toString()).isEmpty();
    assertThat(code).isZero();
    assertThat(called).containsExactly(command + " small seed 5 workers 2 epochs 3");
  }

  @Test
  void optionsOfOneCommandSetKeys() {
    Actions.Configured keys =
        (action, settings) -> {
          called.add(settings.runId().orElse("none"));
          called.add(settings.data().appendTo().orElse("none"));
        };
    assertThat(run(keys, "train", conf, "--set=run-id=x", "--run-id", "2026-11-21")).isZero();
    assertThat(run(keys, "prepare", conf, "--append=old")).isZero();
    assertThat(called).containsSubsequence("2026-11-21", "none").endsWith("old");
    assertThat(run(keys, "evaluate", conf, "--run-id", "x")).isEqualTo(2);
  }

  @Test
  void userErrorIsOneLineAndExitCode2() {
    Actions.Configured actions =
        actions(new UserException("Cannot write /x: it is full (free some)"));
    assertThat(run(actions, "train", conf)).isEqualTo(2);
    assertThat(err.toString()).isEqualToIgnoringNewLines("Cannot write /x: it is full (free some)");
  }

  @Test
  void failureIsExitCode1WithItsTrace() {
    assertThat(run(actions(new IllegalStateException("broken")), "train", conf)).isEqualTo(1);
    assertThat(err.toString())
        .contains("\tat ")
        .endsWith("Failed: broken" + System.lineSeparator());
  }

  @Test
  void interruptionIsExitCode130() {
    assertThat(run(actions(new InterruptedException()), "train", conf)).isEqualTo(130);
    assertThat(err.toString()).isEqualToIgnoringNewLines("Interrupted");
  }

  @Test
  void whateverFailsWhileTheProcessEndsWasInterrupted() {
    Actions.Configured actions = actions(new IllegalStateException("SparkContext was shut down"));
    assertThat(run(actions, true, "train", conf)).isEqualTo(130);
    assertThat(err.toString()).isEqualToIgnoringNewLines("Interrupted");
  }

  @Test
  void growTrainsWithTheModelThatItGrowsFrom() {
    Actions.Configured from =
        (action, settings) ->
            called.add(Names.of(action) + " " + settings.growth().from() + " " + settings.seed());
    assertThat(run(from, "grow", conf, "--from", "s3a://b/m:1/x y", "--set=seed=3")).isZero();
    assertThat(called).containsExactly("train s3a://b/m:1/x y 3");
    assertThat(run("grow", conf)).isEqualTo(2);
    assertThat(err.toString()).contains("Missing required option: '--from=MODEL'");
    assertThat(run("grow", "--help")).isZero();
    assertThat(out.toString()).contains("CONF", "--from=MODEL", "--set", "further blocks");
  }

  @Test
  void exportSaysWhatItWritesAndWhere() {
    assertThat(run("export", "m", "--output", "m.onnx")).isZero();
    assertThat(run("export", "m", "--output=m.onnx", "--format=onnx", "--exit=2")).isZero();
    assertThat(called)
        .containsExactly(
            "export ExportOptions[model=m, output=m.onnx, format=ONNX, exit=full]",
            "export ExportOptions[model=m, output=m.onnx, format=ONNX, exit=2]");
    assertThat(run("export", "--help")).isZero();
    assertThat(out.toString()).contains("MODEL", "--output=FILE", "--format=FORMAT", "--exit=EXIT");
  }

  @Test
  void exportRefusesFormatsThatItDoesNotKnow() {
    assertThat(run("export", "m", "--output=m.pb", "--format=saved-model")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines("Invalid --format: saved-model (must be onnx)");
    assertThat(run("export", "m")).isEqualTo(2);
    assertThat(err.toString()).contains("Missing required option: '--output=FILE'");
    assertThat(called).isEmpty();
  }

  @Test
  void badArgumentsAreExitCode2() {
    assertThat(run("train")).isEqualTo(2);
    assertThat(err.toString()).contains("Missing required parameter: 'CONF'");
    assertThat(run("train", conf, "--bogus")).isEqualTo(2);
    assertThat(err.toString()).contains("Unknown option: '--bogus'");
    assertThat(run("launch", conf)).isEqualTo(2);
    assertThat(err.toString())
        .contains("Cannot run blockwise: there is no command launch (see blockwise --help)");
    assertThat(run("train", conf, "--set", "workers")).isEqualTo(2);
    assertThat(err.toString()).contains("Invalid --set: workers (must be key=value)");
    assertThat(called).isEmpty();
  }

  @Test
  void nameThatStartsWithAnAtSignIsAName() throws IOException {
    Path file = Files.writeString(directory.resolve("secret"), "top secret");
    assertThat(run("train", "@" + file)).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "Cannot read @%s: there is no such file (give a file such as conf/quickstart.conf)"
                .formatted(file));
  }

  @Test
  void controlCharactersInArgumentsAreWrittenOut() {
    assertThat(run("launch\u001b[2J\n", conf)).isEqualTo(2);
    assertThat(run("train", conf, "--x\u001b[2J")).isEqualTo(2);
    assertThat(run("train", conf, "--set", "a\u001b\nb")).isEqualTo(2);
    assertThat(run("train", conf, "--set", "run-id=a\u001b\nb")).isEqualTo(2);
    assertThat(run("train", "a\u001b\nb.conf")).isEqualTo(2);
    assertThat(err.toString()).doesNotContain("\u001b");
    assertThat(err.toString().lines()).hasSize(5);
  }

  @Test
  void networkThatDoesNotFitTheImagesIsRefusedBeforeTraining() {
    String pools = "{type=max-pool},".repeat(6);
    String blocks = "network.blocks=[[" + pools + "]]";
    assertThat(run("train", conf, "--set", blocks)).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("Cannot build block 1 for input [3, 32, 32]: ")
        .hasLineCount(1);
    String folder = "data={kind=image-folder,path=/x,image-size=128}";
    assertThat(run("train", conf, "--set", blocks, "--set", folder)).isZero();
    assertThat(called).hasSize(1);
  }

  @Test
  void helpDescribesCommandsAndSparkOptions() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString())
        .contains(
            "prepare",
            "train",
            "evaluate",
            "features",
            "plan",
            "replay",
            "compare",
            "predict",
            "runs",
            "grow",
            "shrink",
            "--master")
        .contains("--properties-file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"prepare", "train", "evaluate", "features", "plan"})
  void helpOfACommandDescribesItsArguments(String command) {
    assertThat(run(command, "--help")).isZero();
    assertThat(out.toString()).contains("blockwise " + command, "CONF", "--set", "--driver-memory");
  }

  @Test
  void runsTakesAConfigurationOrAnOutput() {
    assertThat(run("runs", conf, "--set", "output=hdfs://node/x")).isZero();
    assertThat(run("runs", "s3a://bucket/out")).isZero();
    assertThat(called).containsExactly("runs hdfs://node/x", "runs s3a://bucket/out");
    assertThat(run("runs", "out", "--set", "seed=1")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "Cannot use --set with out: it is no configuration file (give one, or leave --set out)");
    assertThat(run("runs", "--help")).isZero();
    assertThat(out.toString()).contains("CONF-or-OUTPUT", "--set");
  }

  @Test
  void compareTakesAConfigurationOfSeveralRuns() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("two.conf"),
            "compare { seeds = [1, 2], runs { bp { method = bp } } }");
    assertThat(run("compare", file.toString(), "--set=workers=2", "--parallel", "3")).isZero();
    assertThat(called).containsExactly("compare [bp seed 1, bp seed 2] 3");
    assertThat(run("compare", file.toString(), "--parallel=0")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines("Invalid --parallel: 0 (must be at least 1)");
    assertThat(run("compare", "--help")).isZero();
    assertThat(out.toString()).contains("CONF", "--set", "--parallel", "--driver-memory");
  }

  @Test
  void replayTakesTheDirectoryOfARunWhereverItLies() throws IOException {
    Path run = Files.createDirectories(directory.resolve("moved/runs/one"));
    Files.writeString(run.resolve("resolved.conf"), "output = elsewhere, model.name = m, seed = 7");
    Actions.Configured actions =
        (action, settings) ->
            called.add(Names.of(action) + " " + settings.output() + " " + settings.runId().get());
    assertThat(run(actions, "replay", run + "/")).isZero();
    assertThat(called).containsExactly("replay " + directory.resolve("moved") + " one");
    for (String none : List.of(conf, directory.toString(), run + "/../two", "hdfs://node/runs/x")) {
      assertThat(run(actions, "replay", none)).isEqualTo(2);
      assertThat(err.toString())
          .isEqualToIgnoringNewLines(
              "Cannot replay %s: it is no directory of a run on this machine (give one such as out/runs/RUN-ID; bin/blockwise runs lists them)"
                  .formatted(none));
      err.getBuffer().setLength(0);
    }
    assertThat(run("replay", "--help")).isZero();
    assertThat(out.toString()).contains("RUN", "averaging.tape = true").doesNotContain("--set");
  }

  @Test
  void predictTakesAModelAndWhatItIsToAnswer() {
    assertThat(run("predict", "out/models/small", "texts.csv", "answers")).isZero();
    assertThat(
            run(
                "predict",
                "m",
                "in",
                "to",
                "--exit",
                "confidence=0.9",
                "--format",
                "csv",
                "--column",
                "review",
                "--split",
                "validation",
                "--batch-size",
                "8",
                "--engine",
                "dl4j"))
        .isZero();
    assertThat(called)
        .containsExactly(
            "predict PredictOptions[model=out/models/small, input=texts.csv, output=answers,"
                + " exit=Optional.empty, format=PARQUET, column=Optional.empty, split=test, batchSize=64,"
                + " engine=EngineChoice[name=auto, precision=FLOAT32]]",
            "predict PredictOptions[model=m, input=in, output=to, exit=Optional[confidence=0.9], format=CSV,"
                + " column=Optional[review], split=validation, batchSize=8,"
                + " engine=EngineChoice[name=dl4j, precision=FLOAT32]]");
    assertThat(run("predict", "m", "in")).isEqualTo(2);
    assertThat(run("predict", "m", "in", "to", "--format", "xml")).isEqualTo(2);
    assertThat(err.toString())
        .contains("Invalid --format: xml (must be parquet, csv or jsonl)")
        .contains("OUTPUT");
  }

  @Test
  void calibrateTakesAModelADataSetAndWhatIsToBeGuaranteed() {
    assertThat(run("calibrate", "m", "set", "--drop", "0.01", "--cost", "0.6")).isZero();
    assertThat(called)
        .containsExactly(
            "calibrate CalibrateOptions[model=m, dataset=set, split=test,"
                + " guarantee=GuaranteeSettings[risk=Risk[drop=0.01, confidence=0.95],"
                + " budget=Budget[cost=0.6, confidence=0.95], calibrationFraction=0.5],"
                + " batchSize=64, engine=EngineChoice[name=auto, precision=FLOAT32]]");
    assertThat(run("calibrate", "m", "set")).isEqualTo(2);
    assertThat(run("calibrate", "m", "set", "--drop", "1.5")).isEqualTo(2);
    assertThat(err.toString())
        .contains("Invalid --drop: none (must be given, or --cost, or both")
        .contains("Invalid exit.risk.drop: 1.5 (must be from 0.0 to 0.99");
  }

  @Test
  void shrinkTakesAModelAndWhatItMayLose() {
    assertThat(run("shrink", "out/models/small")).isZero();
    assertThat(run("shrink", "m", "--drop", "0.02")).isZero();
    assertThat(called).containsExactly("shrink out/models/small by 0.005", "shrink m by 0.02");
    assertThat(run("shrink", "m", "--drop", "2")).isEqualTo(2);
    assertThat(run("shrink", "m", "--drop", "much")).isEqualTo(2);
    assertThat(run("shrink")).isEqualTo(2);
    assertThat(err.toString())
        .contains("Invalid --drop: 2.0 (must be from 0.0 to 1.0)")
        .contains("Invalid value for option '--drop': 'much' is not a double")
        .contains("Missing required parameter: 'MODEL'");
  }

  private void compare(Comparison comparison, int parallel) {
    called.add("compare " + comparison.runs() + " " + parallel);
  }

  private void list(String output) {
    called.add("runs " + output);
  }

  private int run(String... arguments) {
    return run((action, settings) -> called.add(Names.of(action) + describe(settings)), arguments);
  }

  private int run(Actions.Configured actions, String... arguments) {
    return run(actions, false, arguments);
  }

  private int run(Actions.Configured actions, boolean stopping, String... arguments) {
    PrintWriter errors = new PrintWriter(err, true);
    return Commands.run(
        new Actions(
            actions,
            this::list,
            this::compare,
            options -> called.add("predict " + options),
            options -> called.add("calibrate " + options),
            (model, drop) -> called.add("shrink " + model + " by " + drop),
            (model, to) -> called.add("rollback " + model + " to " + to.orElse("the one before")),
            options -> called.add("export " + options)),
        () -> stopping,
        new PrintWriter(out, true),
        errors,
        arguments);
  }

  private static Actions.Configured actions(Exception failure) {
    return (action, settings) -> {
      throw failure;
    };
  }

  private static String describe(Settings settings) {
    return " %s seed %d workers %d epochs %d"
        .formatted(
            settings.model().name(),
            settings.seed(),
            settings.workers().count(),
            settings.training().epochs());
  }
}
