package io.blockwise.job.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.model.spec.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusedSettingsTest {
  @TempDir Path directory;

  @Test
  void unknownKeyIsRefused() {
    assertRefused(
        "seed = 2\n\ntraining {\n  bacth-size = 3\n}",
        "Unknown key training.bacth-size in FILE:4 (did you mean training.batch-size?)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sed = 1 | Unknown key sed in FILE:1 (did you mean seed?)",
        "trainng { epochs = 1 } | Unknown key trainng in FILE:1 (did you mean training?)",
        "epochs = 1 | Unknown key epochs in FILE:1 (did you mean training.epochs?)",
        "model.nmae = x | Unknown key model.nmae in FILE:1 (did you mean model.name?)",
        "xyzzy.plugh = 1 | Unknown key xyzzy in FILE:1 (conf/README.md lists every key)",
        "training.per-block = [{}, { lerning-rate = 1 }] | 'Unknown key training.per-block[2].lerning-rate in FILE:1 (did you mean training.per-block[2].learning-rate?)'",
        "training.per-block = [{ schedule.epochs = 1 }] | 'Unknown key training.per-block[1].schedule.epochs in FILE:1'",
        "training.per-block = [{ epochs = 1 }] | 'Unknown key training.per-block[1].epochs in FILE:1'",
        "adam.beta1 = 0 | Unknown key adam in FILE:1 (did you mean training.adam?)",
      })
  void nearestKeyIsNamed(String conf, String message) {
    assertRefused(conf, message);
  }

  @Test
  void unknownKeyInAnOverrideIsRefused() {
    assertRefused(
        "",
        List.of("averaging.perod=3"),
        "Unknown key averaging.perod in --set (did you mean averaging.period?)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"training.epochs", "=3", ""})
  void overrideWithoutAKeyOrAValueIsRefused(String set) {
    assertRefused("", List.of(set), "Invalid --set: " + set + " (must be key=value)");
  }

  @Test
  void overrideThatIsNoHoconIsRefused() {
    assertRefused("", List.of("a..b=3"), "Invalid --set: a..b=3 (must be key=value in HOCON)");
    assertRefused(
        "", List.of("mlp.hidden=[3"), "Invalid --set: mlp.hidden=[3 (must be key=value in HOCON)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "workers = many | Invalid workers.count: many in FILE:1 (must be a whole number)",
        "workers = 1.5 | Invalid workers.count: 1.5 in FILE:1 (must be a whole number)",
        "workers = 99999999999 | Invalid workers.count: 99999999999 in FILE:1 (must be a whole number)",
        "workers = [1] | Invalid workers.count: [1] in FILE:1 (must be a whole number)",
        "workers = null | Invalid workers.count: null in FILE:1 (must be a whole number)",
        "span = 3 | Invalid span: 3 in FILE:1 (must be from 1 to 2)",
        "exit.label-smoothing = 1 | Invalid exit.label-smoothing: 1.0 in FILE:1 (must be from 0.0 to 0.9999999999999999)",
        "exit.momentum = 1 | Invalid exit.momentum: 1.0 in FILE:1 (must be from 0.0 to 0.9999999999999999)",
        "exit.look-ahead.depth = -1 | Invalid exit.look-ahead.depth: -1 in FILE:1 (must be at least 0)",
        "context = sound | Invalid context: sound in FILE:1 (must be none or image)",
        "exit.features = {} | Invalid exit.features: {} in FILE:1 (must be one word or text)",
        "training.learning-rate = NaN | Invalid training.learning-rate: NaN in FILE:1 (must be a number)",
        "data.download = maybe | Invalid data.download: maybe in FILE:1 (must be true or false)",
        "averaging.quorum.wait = soon | 'Invalid averaging.quorum.wait: soon in FILE:1 (must be all, grace or a time above 0 such as 500ms or 2s)'",
        "averaging.quorum.wait = 0s | 'Invalid averaging.quorum.wait: 0s in FILE:1 (must be all, grace or a time above 0 such as 500ms or 2s)'",
        "averaging.quorum.max-wait = 0s | 'Cannot use averaging.quorum.max-wait in FILE:1: it is averaging.quorum.wait now (where that was 0s, now write all)'",
        "data.memory = much | Invalid data.memory: much in FILE:1 (must be a size such as 512m or 2g)",
        "training.schedule.at = 0.5 | Invalid training.schedule.at: 0.5 in FILE:1 (must be a list [...])",
        "mlp.hidden = [8, x] | Invalid mlp.hidden[2]: x in FILE:1 (must be a whole number)",
        "training = 3 | 'Invalid training: 3 in FILE:1 (must be a section of keys, training { ... })'",
        "scpl.head.kind = cone | 'Invalid scpl.head.kind: cone in FILE:1 (must be identity, linear, mlp, mlp-bn, small-conv or convolution)'",
        "model.name = a/b | 'Invalid model.name: a/b in FILE:1 (must be at most 100 letters, digits, ''.'', ''_'' and ''-'', and start with a letter or digit)'",
      })
  void valueOfTheWrongTypeIsRefused(String conf, String message) {
    assertRefused(conf, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "workers = 0 | Invalid workers.count: 0 in FILE:1 (must be at least 1)",
        "threads = -1 | Invalid threads: -1 in FILE:1 (must be from 0 to 1024)",
        "threads = 100000 | Invalid threads: 100000 in FILE:1 (must be from 0 to 1024)",
        "training.prefetch-threads = 65 | Invalid training.prefetch-threads: 65 in FILE:1 (must be from 1 to 64)",
        "output = \" \" | Invalid output: \"\" in FILE:1 (must be a directory)",
        "output = \"http://host/x\" | Invalid output: http://host/x in FILE:1 (must be a path such as file:/data or hdfs://host:8020/data)",
        "data.text.glove = \"http://host/x\" | Invalid data.text.glove: http://host/x in FILE:1 (must be a path such as file:/data or hdfs://host:8020/data)",
        "data.path = \"HTTPS://u:secret@host/x\" | Invalid data.path: HTTPS://(redacted)@host/x in FILE:1 (must be a path such",
        "run-id = ../x | Invalid run-id: ../x in FILE:1 (must be at most 100 letters",
        "run-id = \"/x\" | Invalid run-id: /x in FILE:1 (must be at most 100 letters",
        "run-id = \"a\\u0000b\" | Invalid run-id: a\\u0000b in FILE:1 (must not contain control characters)",
        "model.name = \"../../x\" | Invalid model.name: ../../x in FILE:1 (must be at most 100 letters",
        "model.name = \"file:x\" | Invalid model.name: file:x in FILE:1 (must be at most 100 letters",
        "data.name = \"../x\" | Invalid data.name: ../x in FILE:1 (must be at most 100 letters",
        "data.name = \"s3a://b/x\" | Invalid data.name: s3a://b/x in FILE:1 (must be at most 100 letters",
        "vgg-small.width = 0 | Invalid vgg-small.width: 0 in FILE:1 (must be at least 1)",
        "mlp.hidden = [] | Invalid mlp.hidden: [] in FILE:1 (must be one or more widths",
        "scpl.temperature = 0 | Invalid scpl.temperature: 0.0 in FILE:1 (must be a finite number",
        "scpl.head.hidden = 0 | Invalid scpl.head.hidden: [0] in FILE:1 (must be one or more widths, each at least 1)",
        "data.validation-fraction = 1 | Invalid data.validation-fraction: 1.0 in FILE:1 (must be above 0",
        "data.image-size = 2 | Invalid data.image-size: 2 in FILE:1 (must be from 4 to 1024)",
        "data.side.texts = [a] | Invalid data.side.texts: [a] in FILE:1 (must be empty for shapes: it is for kind text alone)",
        "data { kind = cifar-10, path = /x, side.numbers = [a] } | Invalid data.side.numbers: [a] in FILE:1 (must be empty for cifar-10: it is for kind text alone)",
        "data { kind = text, path = /x, side.images = /y } | Invalid data.side.images: /y in FILE:1 (must not be set for text, only for image-folder)",
        "data { kind = image-folder, path = /x, side.images = \"http://h/x\" } | Invalid data.side.images: http://h/x in FILE:1 (must be a path such as file:/data or hdfs://host:8020/data)",
        "data { kind = text, path = /x, side.texts = [text] } | Invalid data.side.texts: text in FILE:1 (must name columns other than those of the label and the text)",
        "data { kind = text, path = /x, side.texts = [a, A] } | Invalid data.side.texts: A in FILE:1 (must name each column once, and none label, original_label, pixels, tokens, numbers or images, which are other fields: rename the column)",
        "data { kind = text, path = /x, side.texts = [Tokens] } | Invalid data.side.texts: Tokens in FILE:1 (must name each column once, and none label, original_label, pixels, tokens, numbers or images, which are other fields: rename the column)",
        "data { kind = text, path = /x, side.texts = [\"a b\"] } | Invalid data.side.texts: a b in FILE:1 (must be names of at most 100 letters, digits, '.', '_' and '-', since they name fields: rename the column)",
        "data { kind = text, path = /x, side { texts = [a], numbers = [b, a] } } | Invalid data.side.numbers: a in FILE:1 (must name each column once, and none of data.side.texts)",
        "data { kind = text, path = /x, side.numbers = [label] } | Invalid data.side.numbers: label in FILE:1 (must name columns other than those of the label and the text)",
        "data.skip-bad = 5 | Invalid data.skip-bad: 5.0 in FILE:1 (must be from 0 to 1)",
        "data.shapes.train = 99 | Invalid data.shapes.train: 99 in FILE:1 (must be at least 100)",
        "data.shards.test = 0 | Invalid data.shards.test: 0 in FILE:1 (must be at least 1)",
        "data.memory = 0 | Invalid data.memory: 0 in FILE:1 (must be a size",
        "training.epochs = 0 | Invalid training.epochs: 0 in FILE:1 (must be at least 1)",
        "training.learning-rate = -1 | Invalid training.learning-rate: -1.0 in FILE:1 (must be a finite",
        "training.optimiser = adamax | 'Invalid training.optimiser: adamax in FILE:1 (must be adam, adamw, sgd or lars)'",
        "training.lars.trust = 0 | Invalid training.lars.trust: 0.0 in FILE:1 (must be a finite",
        "training.per-block = [{}, { momentum = 1 }] | 'Invalid training.per-block[2].momentum: 1.0 in FILE:1 (must be from 0'",
        "training.per-block = [{ schedule.floor = 2 }] | 'Invalid training.per-block[1].schedule.floor: 2.0 in FILE:1 (must be from 0'",
        "training.per-block = [{ lars.trust = 0 }] | 'Invalid training.per-block[1].lars.trust: 0.0 in FILE:1 (must be a finite'",
        "training.per-block = [{ optimiser = adamax }] | 'Invalid training.per-block[1].optimiser: adamax in FILE:1 (must be adam, adamw, sgd or lars)'",
        "training.per-block = [3] | 'Invalid training.per-block[1]: 3 in FILE:1 (must be an object { ... })'",
        "training.per-block = adam | 'Invalid training.per-block: adam in FILE:1 (must be a list [...])'",
        "training.momentum = 1 | Invalid training.momentum: 1.0 in FILE:1 (must be from 0",
        "training.adam.beta2 = 1 | Invalid training.adam.beta2: 1.0 in FILE:1 (must be from 0",
        "training.weight-decay = -1 | Invalid training.weight-decay: -1.0 in FILE:1 (must be from 0",
        "training.schedule.floor = 2 | Invalid training.schedule.floor: 2.0 in FILE:1 (must be from 0",
        "training.schedule.warm-up = 1 | Invalid training.schedule.warm-up: 1.0 in FILE:1 (must be from 0",
        "training.schedule.warm-up = -0.1 | Invalid training.schedule.warm-up: -0.1 in FILE:1 (must be from 0",
        "training.schedule.at = [0.5, 0.5] | 'Invalid training.schedule.at: [0.5, 0.5] in FILE:1 (must ascend'",
        "averaging.period = 0 | Invalid averaging.period: 0 in FILE:1 (must be at least 1)",
        "averaging.staleness.max = 0 | Invalid averaging.staleness.max: 0.0 in FILE:1 (must be a finite number above 0",
        "averaging.quorum.wait = -1s | 'Invalid averaging.quorum.wait: -1s in FILE:1 (must be all, grace or a time above 0'",
        "averaging.anticipation = 1.5 | Invalid averaging.anticipation: 1.5 in FILE:1 (must be from 0.0 to 1.0)",
        "averaging.quorum.gamma = 0 | Invalid averaging.quorum.gamma: 0.0 in FILE:1 (must be above 0 and at most 1)",
        "averaging.outer.rate = 0 | Invalid averaging.outer.rate: 0.0 in FILE:1 (must be a finite",
        "workers { min = 0 } | Invalid workers.min: 0 in FILE:1 (must be at least 1)",
        "workers { min = 2 } | Invalid workers.min: 2 in FILE:1 (must be at most workers.count, which is 1)",
        "workers { start-timeout = 0s } | Invalid workers.start-timeout: 0s in FILE:1 (must be above 0)",
        "lease.max-failures = 0 | Invalid lease.max-failures: 0 in FILE:1 (must be at least 1)",
        "lease.stall-timeout = -1s | Invalid lease.stall-timeout: -1s in FILE:1 (must be above 0)",
        "lease.seconds = -1 | Invalid lease.seconds: -1 in FILE:1 (must be at least 0)",
        "report.interval = -1s | Invalid report.interval: -1s in FILE:1 (must be at least 0s)",
        "report.trace = maybe | Invalid report.trace: maybe in FILE:1 (must be true or false)",
        "training.execution = parallel | 'Invalid training.execution: parallel in FILE:1 (must be sequential, forward-serial or pipelined)'",
        "training.execution = pipelined, averaging.tape = true | Invalid averaging.tape: true in FILE:1 (must be false with training.execution = pipelined",
        "training.execution = pipelined, method = bp, training.baseline = dl4j-spark | Invalid training.execution: pipelined in FILE:1 (must be sequential with training.baseline = dl4j-spark)",
        "features.rows = 3 | Invalid features.rows: 3 in FILE:1 (must be from 4 to 20000)",
        "features.picture-rows = 90 | Invalid features.perplexity: 30 (must be from 1 to 29)",
        "evaluation.batch-size = -1 | Invalid evaluation.batch-size: -1 in FILE:1 (must be at least 0)",
        "network.defaults.max-pool.stride = 0 | Invalid network.defaults.max-pool.stride: 0 in FILE:1 (must be",
      })
  void valueOutOfBoundsIsRefused(String conf, String message) {
    assertRefused(conf, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seed = \"\\n\\u001b[2J\" | 'Invalid seed: \\n\\u001b[2J in FILE:1 (must be a whole number)'",
        "output = \"a\\nb\" | Invalid output: a\\nb in FILE:1 (must not contain control characters)",
        "data.path = \"\\u001b]0;x\" | Invalid data.path: \\u001b]0;x in FILE:1 (must not contain control",
        "run-id = \"a\\tb\" | Invalid run-id: a\\tb in FILE:1 (must not contain control",
        "method = \"x\\u009by\" | Invalid method: x\\u009by in FILE:1 (must be bp,",
        "\"a\\u001bb\" = 1 | Unknown key a\\u001bb in FILE:1 (",
        "training = \"a\\nb\" | Invalid training: a\\nb in FILE:1 (must be a section",
      })
  void controlCharactersDoNotReachTheTerminal(String conf, String message) {
    assertRefused(conf, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seed = １２ | Invalid seed: １２ in FILE:1 (must be a whole number)",
        "training.epochs = \"٣\" | Invalid training.epochs: ٣ in FILE:1 (must be a whole number)",
        "training.learning-rate = \"０.1\" | Invalid training.learning-rate: ０.1 in FILE:1 (must be a number)",
        "workers.start-timeout = ５s | Invalid workers.start-timeout: ５s in FILE:1 (must be a time",
        "data.memory = ２g | Invalid data.memory: ２g in FILE:1 (must be a size",
      })
  void digitsOfOtherScriptsAreNoNumbers(String conf, String message) {
    assertRefused(conf, message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"run-id", "model.name", "data.name"})
  void nameThatCannotBePublishedIsRefusedAtTheStart(String key) {
    String rule = " in FILE:1 (must be at most 100 letters, digits, '.', '_' and '-', and start";
    assertRefused(key + " = _nightly", "Invalid " + key + ": _nightly" + rule);
    String letters = "x".repeat(300);
    assertRefused(key + " = " + letters, "Invalid " + key + ": " + letters + rule);
  }

  @ParameterizedTest
  @ValueSource(strings = {"größe.conf", "_x.conf", "net (copy).conf", "[].conf"})
  void fileWhoseNameCannotBeTheModelsIsRefusedWithWhatToDo(String name) throws IOException {
    Path file = Files.createFile(directory.resolve(name));
    assertThatThrownBy(() -> Settings.load(file, List.of()))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot name the model after the file %s: a name must be at most 100 letters, digits,"
                + " '.', '_' and '-', and start with a letter or digit (give the model one with"
                + " --set model.name=NAME)",
            file);
    assertThat(Settings.load(file, List.of("model.name=net")).model().name()).isEqualTo("net");
  }

  @Test
  void moreWorkersThanShardsAreRefused() {
    assertRefused(
        "data.shards.train = 2\nworkers = 3",
        "Invalid workers.count: 3 in FILE:2 (must be at most data.shards.train, which is 2)");
  }

  @Test
  void optimisersForOtherBlocksThanThereAreAreRefused() throws IOException {
    Path conf =
        Files.writeString(
            directory.resolve("x.conf"), "training.per-block = [{}, { optimiser = sgd }]");
    Settings settings = Settings.load(conf, List.of());
    assertThatThrownBy(() -> settings.network(Shape.map(3, 32, 32), 10))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Invalid training.per-block: 2 entries (must be one for each of the 3 blocks,"
                + " {} for one with nothing of its own)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "averaging { rule = quorum, anticipation = 0 } | Invalid averaging.anticipation: 0.0 in FILE:1 (must be 0.5 unless averaging.rule is average)",
        "averaging { rule = elastic, anticipation = 1 } | Invalid averaging.anticipation: 1.0 in FILE:1 (must be 0.5 unless averaging.rule is average)",
        "averaging.quorum.gamma = 0.4 | Invalid averaging.quorum.gamma: 0.4 in FILE:1 (must be 0.5 unless averaging.quorum.wait is grace)",
        "averaging { rule = quorum, quorum { wait = 2s, gamma = 1 } } | Invalid averaging.quorum.gamma: 1.0 in FILE:1 (must be 0.5 unless averaging.quorum.wait is grace)",
        "averaging.outer.momentum = 0.8 | Invalid averaging.outer.momentum: 0.8 in FILE:1 (must be 0.9 unless averaging.outer.optimiser is nesterov or sgd)",
        "averaging.outer { optimiser = delayed, momentum = 0 } | Invalid averaging.outer.momentum: 0.0 in FILE:1 (must be 0.9 unless averaging.outer.optimiser is nesterov or sgd)",
        "averaging { rule = quorum, quorum.wait = grace, outer { optimiser = rda, rate = 0.7 } } | Invalid averaging.outer.rate: 0.7 in FILE:1 (must be 1.0 unless averaging.outer.optimiser is nesterov or sgd)",
      })
  void averagingThatNothingReadsIsRefused(String conf, String message) {
    assertRefused(conf, message);
  }

  @Test
  void valuesThatContradictEachOtherAreRefused() {
    assertRefused(
        "method = bp, training.baseline = dl4j-spark, averaging.tape = true",
        "Invalid averaging.tape: true in FILE:1 (must be false with training.baseline = dl4j-spark)");
    String quorum = "averaging.rule = quorum\nworkers = 2\n";
    assertRefused(
        quorum + "averaging.quorum { size = 3, wait = 2s }",
        "Invalid averaging.quorum.size: 3 in FILE:3 (must be at most workers.count, which is 2)");
    assertRefused(
        quorum + "averaging.quorum.size = 2",
        "Invalid averaging.quorum.wait: all (must be grace or a time if averaging.quorum.size is above 0");
    assertRefused(
        quorum + "averaging.period-by-speed = true",
        "Invalid averaging.period-by-speed: true in FILE:3 (must be false in lock-step, where all"
            + " workers push at the same batches)");
    assertRefused(
        "averaging.quorum.size = 1",
        "Invalid averaging.quorum.size: 1 in FILE:1 (must be 0 unless averaging.rule is quorum)");
    assertRefused(
        "averaging.quorum.wait = 1500ms",
        "Invalid averaging.quorum.wait: 1500ms in FILE:1"
            + " (must be all unless averaging.rule is quorum)");
    assertRefused(
        "averaging.outer.optimiser = nesterov",
        "Invalid averaging.outer.optimiser: nesterov in FILE:1"
            + " (must not be nesterov unless averaging.rule is quorum)");
    assertRefused(
        quorum + "averaging.outer.optimiser = delayed",
        "Invalid averaging.outer.optimiser: delayed in FILE:3"
            + " (must not be delayed unless averaging.rule is average)");
    assertRefused(
        "averaging.gain = norm, averaging.outer.optimiser = delayed",
        "Invalid averaging.gain: norm in FILE:1 (must be none with averaging.outer.optimiser ="
            + " delayed: both make up for what a mean loses)");
    assertRefused(
        "method = bp\ntraining.baseline = dl4j-spark\ntraining.scale-rate = sqrt-workers",
        "Invalid training.scale-rate: sqrt-workers in FILE:3 (must be auto or none with training.baseline ="
            + " dl4j-spark, which has rates of its own)");
    assertRefused(
        "method = bp\ntraining.baseline = dl4j-spark\ntraining.scale-noise = workers",
        "Invalid training.scale-noise: workers in FILE:3 (must be auto or none with training.baseline ="
            + " dl4j-spark, which has optimisers of its own)");
    assertRefused(
        "training { optimiser = sgd, scale-noise = workers }",
        "Invalid training.scale-noise: workers in FILE:1 (must be auto or none unless every block's"
            + " optimiser is adam or adamw)");
    assertRefused(
        "workers = 4\ntraining { epochs = 1000000000, epochs-at = steps }",
        "Invalid training.epochs: 1000000000 in FILE:2 (must be at most 536870911 with"
            + " training.epochs-at = steps and workers.count = 4)");
    assertRefused(
        "averaging.rule = quorum\naveraging.gain = norm",
        "Invalid averaging.gain: norm in FILE:2 (must be none unless averaging.rule is average)");
    assertRefused(
        "averaging.rule = elastic, averaging.outer.optimiser = sgd",
        "Invalid averaging.outer.optimiser: sgd in FILE:1"
            + " (must not be sgd unless averaging.rule is quorum)");
    assertRefused(
        quorum + "averaging.outer.optimiser = rda",
        "Invalid averaging.outer.optimiser: rda in FILE:3 (must not be rda in lock-step, which is"
            + " the exact mean: set averaging.quorum.wait, so that rounds do not wait for all workers)");
    assertRefused(
        "method = bp\ntraining.baseline = dl4j-spark\ntraining.augmentation = two-view",
        "Invalid training.augmentation: two-view in FILE:3 (must be none, weak or strong with"
            + " training.baseline = dl4j-spark, which knows one view only)");
    assertRefused(
        "method = scpl\ntraining.baseline = dl4j-spark",
        "Invalid training.baseline: dl4j-spark in FILE:2"
            + " (must be none with method scpl and loss scpl; the baseline knows bp and cross-entropy"
            + " only)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "precision = fp8 | Invalid precision: fp8 in FILE:1 (must be float32, tf32 or bfloat16)",
        "engine = trch | Invalid engine: trch in FILE:1 (must be one of auto, dl4j, torch; did you mean torch?)",
        "engine = tensorflow | Invalid engine: tensorflow in FILE:1 (must be one of auto, dl4j, torch)",
        "backbone = lstm | Invalid backbone: lstm in FILE:1 (must be mlp, cnn, vgg-small, vgg8, vgg-wide, resnet18, resnet32, resnet110, text-linear, text-lstm or text-transformer)",
        "averaging.codec = int2 | Invalid averaging.codec: int2 in FILE:1 (must be fp32, fp16, bf16, int8 or int4)",
        "pipeline.depth = 3 | Cannot use pipeline in FILE:1: pipelined execution will come with a later version (remove the key)",
        "checkpoint.interval = -1s | Invalid checkpoint.interval: -1s in FILE:1 (must be at least 0s)",
      })
  void optionOfALaterVersionIsRefusedByName(String conf, String message) {
    assertRefused(conf, message);
  }

  @Test
  void dataKindThatIsNoneIsRefused() {
    assertRefused(
        "data.kind = imdbb",
        "Invalid data.kind: imdbb in FILE:1 (must be shapes, cifar-10, cifar-100, mnist,"
            + " fashion-mnist, tiny-imagenet, image-folder, ag-news, dbpedia, yelp, imdb, sst2,"
            + " text or table)");
  }

  @Test
  void rawDataThatIsNowhereIsRefused() {
    assertRefused(
        "data.kind = mnist",
        "Invalid data.path: not set (must name the folder of the raw data of mnist,"
            + " unless data.download = true)");
    assertRefused(
        "data.kind = image-folder",
        "Invalid data.path: not set (must name the folder of the raw data of image-folder)");
    assertRefused(
        "data { kind = image-folder, path = /photos, download = true }",
        "Invalid data.download: true in FILE:1"
            + " (must be false for image-folder: it is not published)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[3] | Invalid network.blocks[1]: 3 in FILE:1 (must be a list [...])",
        "[[3]] | Invalid network.blocks[1][1]: 3 in FILE:1 (must be an object { type = ... })",
        "[[{filters = 3}]] | Cannot read network.blocks[1][1] in FILE:1: type is missing (add type = ...)",
        "[[{type = relu}, {type = convolution}]] | Cannot read network.blocks[1][2] in FILE:1: filters is missing (add filters = ...)",
        "[[{type = convolution, filtres = 3}]] | Unknown key network.blocks[1][1].filtres in FILE:1 (did you mean network.blocks[1][1].filters?)",
        "[[{type = convolution, filters = 0}]] | Invalid network.blocks[1][1].filters: 0 in FILE:1 (must be at least 1)",
        "[[{type = elu, alpha = 0}]] | Invalid network.blocks[1][1].alpha: 0.0 in FILE:1 (must be a finite number above 0)",
        "[[{type = leaky-relu, slope = -0.1}]] | Invalid network.blocks[1][1].slope: -0.1 in FILE:1 (must be from 0.0 to 1.0)",
        "[[{type = residual, body = [{type = elu}, {type = tahn}]}]] | Invalid network.blocks[1][1].body[2].type: tahn in FILE:1 (must be one of convolution",
        "[[{type = residual, body = []}]] | Invalid network.blocks[1][1].body: 0 in FILE:1 (must be at least 1)",
        "[[{type = relu}], []] | Invalid network.blocks: a block without layers in FILE:1 (must have at least one layer)",
      })
  void faultInANetworkInFullIsNamedByBlockAndLayer(String blocks, String message) {
    assertRefused("network.blocks = " + blocks, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "backbone = resnet32, blocks = 40 | Invalid blocks: 40 in FILE:1 (must be at most 16, the units of resnet32)",
        "blocks = -1 | Invalid blocks: -1 in FILE:1 (must be at least 0)",
        "network.blocks = [[{type = relu}]], blocks = 2 | Invalid blocks: 2 in FILE:1 (must be at most 1, the units of network.blocks)",
        "cut = [3, 4] | Invalid cut: [3, 4] in FILE:1 (must add up to 6, the units of vgg-small)",
        "cut = [6, 0] | Invalid cut: [6, 0] in FILE:1 (must be units of every block, each at least 1)",
        "cut = [3, 3], blocks = 3 | Invalid cut: [3, 3] in FILE:1 (must be 3 numbers, as blocks says)",
        "method = bp, cut = [3, 3] | 'Invalid cut: [3, 3] in FILE:1 (must be [] with method bp, which joins all blocks)'",
        "blocks-by = activations | Invalid blocks-by: activations in FILE:1 (must be flops unless blocks is set)",
        "cut = [3, 3], blocks-by = activations | Invalid blocks-by: activations in FILE:1 (must be flops unless blocks is set)",
        "blocks-by = time | Invalid blocks-by: time in FILE:1 (must be flops or activations)",
      })
  void cutThatTheNetworkHasNoPlaceForIsRefused(String conf, String message) {
    assertRefused(conf, message);
  }

  @Test
  void unknownLayerIsRefusedWithTheKnownOnes() {
    assertRefused(
        "network.blocks = [[{type = recurrent}]]",
        "Invalid network.blocks[1][1].type: recurrent in FILE:1 (must be one of convolution,"
            + " batch-norm, relu, tanh, sigmoid, elu, leaky-relu, max-pool, average-pool, adaptive-average-pool,"
            + " global-average-pool, flatten, dense, residual, embedding, positions, lstm, attention,"
            + " layer-norm, dropout, token-mean, final-states)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "loss.type = sclp | Invalid loss.type: sclp in FILE:1 (must be one of cross-entropy, scpl, predsim, al, deinforeg; did you mean scpl?)",
        "loss.type = hinge | Invalid loss.type: hinge in FILE:1 (must be one of cross-entropy, scpl, predsim, al, deinforeg)",
        "loss = predsim | 'Invalid loss: predsim in FILE:1 (must be an object { type = ... })'",
        "loss { type = predsim, bete = 1 } | Unknown key loss.bete in FILE:1 (did you mean loss.beta?)",
        "loss { temperature = 0.2, beta = 1 } | Unknown key loss.beta in FILE:1 (did you mean",
        "loss { type = predsim, beta = 2 } | Invalid loss.beta: 2.0 in FILE:1 (must be from 0.0 to 1.0)",
        "loss.temperature = 0 | Invalid loss.temperature: 0.0 in FILE:1 (must be a finite number above 0)",
        "loss.head.hidden = 0 | Invalid loss.head.hidden: [0] in FILE:1 (must be one or more widths, each at least 1)",
        "exit.hidden = [8, 0] | Invalid exit.hidden: [8, 0] in FILE:1 (must be one or more widths, each at least 1)",
        "losses = [{type = scpk}] | Invalid losses[1].type: scpk in FILE:1 (must be one of ",
        "losses = [{temperature = 1}] | Cannot read losses[1] in FILE:1: type is missing (add type = ...)",
        "losses = [{type = scpl, temperature = 0}] | Invalid losses[1].temperature: 0.0 in FILE:1 (must be a finite number above 0)",
        "losses = scpl | Invalid losses: scpl in FILE:1 (must be a list [...])",
        "last-loss = scpl | 'Invalid last-loss: scpl in FILE:1 (must be an object { type = ... })'",
        "last-loss { type = scpl, temperatur = 1 } | Unknown key last-loss.temperatur in FILE:1 (did you mean last-loss.temperature?)",
        "last-loss { type = scpl }, losses = [{type = scpl}] | 'Invalid last-loss: scpl in FILE:1 (must be empty beside losses, which has the last block''s, too)'",
        "last-exit.kind = conv | Invalid last-exit.kind: conv in FILE:1 (must be linear, mlp, mlp-bn or small-conv)",
        "last-exit { kind = mlp, hidden = [0] } | Invalid last-exit.hidden: [0] in FILE:1 (must be widths, each at least 1)",
        "last-exit.hidden = [8] | Invalid last-exit.hidden: [8] in FILE:1 (must be empty for a linear exit)",
        "last-exit.label-smoothing = 1 | Invalid last-exit.label-smoothing: 1.0 in FILE:1 (must be from 0.0 to ",
        "last-exit.look-ahead.depth = 1 | Unknown key last-exit.look-ahead in FILE:1 (did you mean ",
        "method = al, last-exit.kind = linear | 'Invalid last-exit.kind: linear in FILE:1 (must be empty with loss al, whose exits read no block''s output)'",
        "method = al, last-exit.label-smoothing = 0.1 | Invalid last-exit.label-smoothing: 0.1 in FILE:1 (must be empty with loss al, of which the first block alone has a cross-entropy against labels)",
        "method = al, last-exit.features = flat | 'Invalid last-exit.features: flat in FILE:1 (must be empty with loss al, whose exits read no block''s output)'",
        "last-loss.type = deinforeg, last-exit.hidden = [8] | 'Invalid last-exit.hidden: [8] in FILE:1 (must be empty with loss deinforeg, whose exits read no block''s output)'",
        "losses = [{type = scpl}, {type = al}], last-exit.kind = mlp | 'Invalid last-exit.kind: mlp in FILE:1 (must be empty with loss al, whose'",
        "exit.hidden = many | Invalid exit.hidden: many in FILE:1 (must be a whole number)",
        "exit.kind = conv | Invalid exit.kind: conv in FILE:1 (must be linear, mlp, mlp-bn or small-conv)",
        "loss.head.kind = convolution | Invalid loss.head.kind: convolution in FILE:1 (must be identity, linear, mlp, mlp-bn or small-conv)",
        "method = al, al.inverse-rate = 0 | Invalid al.inverse-rate: 0.0 in FILE:1 (must be a finite number above 0)",
        "method = bp, predsim.beta = -1 | Invalid predsim.beta: -1.0 in FILE:1 (must be from 0.0 to 1.0)",
        "method = al, exit.kind = mlp | 'Invalid exit.kind: mlp in FILE:1 (must be linear with loss al, whose exits read no block''s output)'",
        "method = deinforeg, exit.kind = small-conv | 'Invalid exit.kind: small-conv in FILE:1 (must be linear with loss deinforeg, whose exits read no block''s output)'",
        "losses = [{type = al}, {type = deinforeg}], exit.kind = mlp | 'Invalid exit.kind: mlp in FILE:1 (must be linear with loss al and deinforeg, whose'",
        "exit.look-ahead.pyramid = 0.5 | 'Invalid exit.look-ahead.pyramid: 0.5 in FILE:1 (must be 0 unless exit.look-ahead.depth is set)'",
        "exit.look-ahead { depth = 1, width = 0.5 } | 'Invalid exit.look-ahead.width: 0.5 in FILE:1 (must be 1 unless exit.look-ahead.depth is above 1)'",
        "method = al, al.inverse = mse, exit.label-smoothing = 0.1 | Invalid exit.label-smoothing: 0.1 in FILE:1 (must be 0 with al.inverse = mse, as no loss has a cross-entropy against labels)",
        "losses = [{type = al, inverse = mse}, {type = al}], exit.label-smoothing = 0.1 | Invalid exit.label-smoothing: 0.1 in FILE:1 (must be 0 with al.inverse = mse",
        "predsim.betta = 1 | Unknown key predsim.betta in FILE:1 (did you mean predsim.beta?)",
      })
  void faultInALossIsRefusedByName(String conf, String message) {
    assertRefused(conf, message);
  }

  @Test
  void aBaselineWithLabelsOfTheLastExitSmoothedIsRefused() {
    assertRefused(
        "method = bp, training.baseline = dl4j-spark, last-exit.label-smoothing = 0.1",
        "Invalid training.baseline: ");
  }

  @Test
  void anotherNumberOfLossesThanOfBlocksIsRefused() throws IOException {
    Path conf = Files.writeString(directory.resolve("x.conf"), "losses = [{type = scpl}]");
    Settings settings = Settings.load(conf, List.of());
    assertThatThrownBy(() -> settings.network(Shape.map(3, 32, 32), 10))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Invalid losses: 1 losses (must be one for each block of the network, which has 3)");
  }

  @Test
  void whatIsAskedOfExitsThatALossDoesNotHaveIsRefused() throws IOException {
    Path conf = Files.writeString(directory.resolve("x.conf"), "method = al");
    for (String set : List.of("exit.look-ahead.depth=3", "exit.momentum=0.9")) {
      Settings settings = Settings.load(conf, List.of(set));
      assertThatThrownBy(() -> settings.network(Shape.map(3, 32, 32), 10))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "Invalid %s (must be 0 with loss al, whose exits read no block's output)",
              set.replace("=", ": "));
    }
  }

  @Test
  void labelsAreSmoothedWhereAnyLossHasACrossEntropy() throws IOException {
    Path conf =
        Files.writeString(directory.resolve("x.conf"), "method = al, exit.label-smoothing = 0.1");
    for (List<String> sets :
        List.of(
            List.of("al.inverse=cross-entropy"),
            List.of("al.inverse=mse", "last-loss={type = cross-entropy}"))) {
      Settings settings = Settings.load(conf, sets);
      assertThat(settings.network(Shape.map(3, 32, 32), 10).blocks())
          .allSatisfy(block -> assertThat(block.exit().labelSmoothing()).isEqualTo(0.1));
    }
  }

  @Test
  void aFormOfExitsIsThatOfTheBlocksThatHaveOne() throws IOException {
    Path conf = Files.writeString(directory.resolve("x.conf"), "method = al, exit.kind = mlp");
    Settings settings =
        Settings.load(conf, List.of("last-loss.type=cross-entropy", "deinforeg.exit.kind=unmerge"));
    assertThat(settings.network(Shape.map(3, 32, 32), 10).blocks().get(2).exit().hidden())
        .hasSize(2);
    assertThat(Settings.load(conf, List.of("method=deinforeg", "deinforeg.exit.kind=unmerge")))
        .isNotNull();
  }

  @Test
  void aLossThatCannotReadABlocksOutputIsRefusedWithTheBlock() throws IOException {
    Path conf =
        Files.writeString(directory.resolve("x.conf"), "method = predsim, mlp.hidden = [8, 1]");
    Settings settings = Settings.load(conf, List.of("backbone=mlp", "predsim.head.kind=identity"));
    assertThatThrownBy(() -> settings.network(Shape.map(3, 32, 32), 10))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot build block 2 for input [3, 32, 32]: Invalid output for predsim: [1] (must have at least 2"
                + " values to compare rows by) (choose another backbone or loss, or data of another"
                + " shape)");
  }

  @Test
  void unsetVariableIsRefusedWithItsName() {
    assertRefused(
        "seed = 1\ndata.path = ${BLOCKWISE_DATA}/cifar",
        "Cannot read FILE:2: environment variable BLOCKWISE_DATA is not set"
            + " (export it, or override the key with --set)");
  }

  @Test
  void fileThatIsNoHoconIsRefusedWithItsLine() {
    assertRefused("seed = 1\ntraining {\n", "Cannot read FILE:");
    assertRefused("seed = 1\nworkers = }\n", "Cannot read FILE:2: ");
  }

  @Test
  void missingFileIsRefused() {
    Path file = directory.resolve("none.conf");
    assertThatThrownBy(() -> Settings.load(file, List.of()))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot read %s: there is no such file (give a file such as conf/quickstart.conf)",
            file);
    assertThatThrownBy(() -> Settings.load(directory, List.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it is not a file");
  }

  @Test
  void dataThatDoesNotFitTheNetworkIsRefused() throws IOException {
    Settings settings = Settings.load(Files.createFile(directory.resolve("x.conf")), List.of());
    assertThatThrownBy(() -> settings.network(Shape.map(1, 4, 4), 10))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot build block 3 for input [1, 4, 4]");
  }

  @Test
  void residualLayerWhoseSidesDisagreeIsRefused() throws IOException {
    String conf =
        "network.blocks = [[{type = relu}], [{type = residual, body = [{type = convolution, filters"
            + " = 4}]}]]";
    Path file = Files.writeString(directory.resolve("x.conf"), conf);
    Settings settings = Settings.load(file, List.of());
    assertThatThrownBy(() -> settings.network(Shape.map(3, 8, 8), 10))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot build block 2 for input [3, 8, 8]: Invalid residual: [4, 8, 8] by its body and"
                + " [3, 8, 8] by its shortcut (must be one shape: give the shortcut a convolution of"
                + " the body's filters and strides) (choose another backbone or loss, or data of"
                + " another shape)");
  }

  private void assertRefused(String conf, String message) {
    assertRefused(conf, List.of(), message);
  }

  /** {@code FILE} in the message is the configuration file; the message may go on after it. */
  private void assertRefused(String conf, List<String> sets, String message) {
    Path file = directory.resolve("test.conf");
    assertThatThrownBy(
            () -> {
              Files.writeString(file, conf);
              new SettingsReader(Map.of()).read(file, sets);
            })
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(message.replace("FILE", file.toString()))
        .hasMessageNotContaining("\n");
  }
}
