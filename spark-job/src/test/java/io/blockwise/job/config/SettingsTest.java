package io.blockwise.job.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.data.options.DataKind;
import io.blockwise.job.config.hocon.Inline;
import io.blockwise.job.config.hocon.Schema;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.spec.AlSpec;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.NoiseScale;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.RateScale;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.cut.Cost;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  private static final Shape IMAGE = Shape.map(3, 32, 32);
  private static final Map<String, String> ENVIRONMENT = Map.of("BLOCKWISE_DATA", "/raw");

  /** Other values of keys for which a type alone does not suggest one. */
  private static final Map<String, String> OTHER =
      Map.ofEntries(
          Map.entry("data.text.max-length", "7"),
          Map.entry("engine", "dl4j"),
          Map.entry("publish.if", "validation-accuracy >= latest - 0.005"),
          Map.entry("network.blocks", "[[{type = flatten}]]"),
          Map.entry("mlp.hidden", "[7]"),
          Map.entry("network.defaults.residual.shortcut", "[{type = relu}]"),
          Map.entry("cut", "[2, 4]"),
          Map.entry("loss", "{type = cross-entropy}"),
          Map.entry("scpl.head.kind", "linear"),
          Map.entry("training.schedule.at", "[0.25]"),
          Map.entry("training.per-block", "[{}]"),
          Map.entry("training.patience.block", "2"),
          Map.entry("training.class-weights.of", "[{name = ship, weight = 2}]"),
          Map.entry("report.mlflow.uri", "http://host:5000"),
          Map.entry("data.memory", "1g"),
          Map.entry("training.frozen-memory", "1g"),
          Map.entry("side.inputs", "[{block = 2, field = title}]"),
          Map.entry("losses", "[{type = predsim}]"),
          Map.entry("last-loss", "{type = cross-entropy}"),
          Map.entry("exit.hidden", "[7]"),
          Map.entry("last-exit.kind", "mlp"),
          Map.entry("last-exit.features", "flat"),
          Map.entry("last-exit.hidden", "[7]"),
          Map.entry("last-exit.label-smoothing", "0.1"),
          Map.entry("exit.label-smoothing", "0.1"),
          Map.entry("exit.look-ahead.width", "0.5"),
          Map.entry("scpl.head.hidden", "7"),
          Map.entry("predsim.head.hidden", "[7, 8]"),
          Map.entry("deinforeg.head.hidden", "[7, 8]"),
          Map.entry("averaging.quorum.wait", "2s"));

  /** What a key needs beside it to be allowed. */
  private static final Map<String, List<String>> COMPANIONS =
      Map.ofEntries(
          Map.entry("blocks-by", List.of("blocks=2")),
          Map.entry("exit.look-ahead.width", List.of("exit.look-ahead.depth=2")),
          Map.entry("exit.look-ahead.pyramid", List.of("exit.look-ahead.depth=2")),
          Map.entry("workers.min", List.of("workers=4")),
          Map.entry("averaging.outer.optimiser", List.of("averaging.rule=quorum")),
          Map.entry(
              "averaging.outer.momentum",
              List.of("averaging.rule=quorum", "averaging.outer.optimiser=sgd")),
          Map.entry(
              "averaging.outer.rate",
              List.of("averaging.rule=quorum", "averaging.outer.optimiser=sgd")),
          Map.entry(
              "averaging.quorum.gamma",
              List.of("averaging.rule=quorum", "averaging.quorum.wait=grace")),
          Map.entry(
              "averaging.quorum.size",
              List.of("workers=4", "averaging.rule=quorum", "averaging.quorum.wait=grace")),
          Map.entry("averaging.quorum.wait", List.of("averaging.rule=quorum")),
          Map.entry("text-transformer.heads", List.of("text-transformer.embedding.width=420")),
          Map.entry("text-transformer.embedding.width", List.of("text-transformer.heads=1")),
          Map.entry("training.baseline", List.of("method=bp")),
          Map.entry("last-exit.hidden", List.of("exit.kind=mlp")),
          Map.entry("data.kind", List.of("data.path=/raw")),
          Map.entry("data.table.name", List.of("data.kind=table", "data.table.name=sales.flowers")),
          Map.entry("data.weight-column", List.of("data.kind=table", "data.path=/raw")),
          Map.entry("data.side.texts", List.of("data.kind=text", "data.path=/raw")),
          Map.entry("data.side.numbers", List.of("data.kind=text", "data.path=/raw")),
          Map.entry("data.side.images", List.of("data.kind=image-folder", "data.path=/raw")),
          Map.entry("data.download", List.of("data.kind=mnist", "data.path=/raw")));

  private static final HeadSpec HEAD = new HeadSpec(HeadSpec.Kind.MLP, Features.GRID, 128, 128);

  @TempDir Path directory;

  static Stream<String> everyKeyChangesTheRecord() {
    return new Schema(Settings.class).values().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource
  void everyKeyChangesTheRecord(String key) throws IOException {
    List<String> companions =
        Stream.of("predsim", "al", "deinforeg")
            .filter(method -> key.startsWith(method + "."))
            .findFirst()
            .map(method -> List.of("method=" + method))
            .orElse(COMPANIONS.getOrDefault(key, List.of()));
    Settings before = read("", companions);
    List<String> sets = new ArrayList<>(companions);
    sets.add(key + "=" + other(key, before));
    assertThat(read("", sets)).isNotEqualTo(before);
  }

  @Test
  void epochsCountPassesOfAllWorkersOrOfEach() throws IOException {
    assertThat(read("workers = 3, training.epochs = 5").epochs()).isEqualTo(5);
    String each = "training { epochs = 5, epochs-at = steps }";
    assertThat(read("workers = 3, " + each).epochs()).isEqualTo(15);
    assertThat(read(each).epochs()).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nothing of its own | SQRT_WORKERS",
        "averaging.rule = elastic | SQRT_WORKERS",
        "averaging.rule = quorum | NONE",
        "averaging.rule = quorum, averaging.quorum.wait = grace | SQRT_WORKERS",
        "averaging.gain = norm | NONE",
        "training.optimiser = sgd | NONE",
        "blocks = 2, training.per-block = [{}, { optimiser = lars }] | NONE",
        "blocks = 2, training.per-block = [{}, { optimiser = adamw }] | SQRT_WORKERS",
        "averaging.outer.optimiser = delayed | NONE",
        "method = bp, training.baseline = dl4j-spark | NONE",
        "training.scale-rate = none | NONE",
        "averaging.gain = norm, training.scale-rate = sqrt-workers | SQRT_WORKERS"
      })
  void ratesGrowWithTheWorkersUnlessSomethingElseMakesUpForFewSteps(String conf, RateScale scale)
      throws IOException {
    String keys = conf.endsWith("own") ? "" : ", " + conf;
    assertThat(read("workers = 2" + keys).stepScale().rate()).isEqualTo(scale);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nothing of its own | WORKERS",
        "averaging.rule = quorum | NONE",
        "averaging.rule = quorum, training.scale-noise = workers | WORKERS",
        "training.optimiser = sgd | NONE",
        "training.scale-rate = none | WORKERS",
        "training.scale-noise = none | NONE"
      })
  void adamDividesByTheNoiseOfTheMeanWhereRatesGrowByThemselves(String conf, NoiseScale noise)
      throws IOException {
    String keys = conf.endsWith("own") ? "" : ", " + conf;
    assertThat(read("workers = 2" + keys).stepScale().noise()).isEqualTo(noise);
  }

  static List<Path> everyShippedConfParses() {
    return Repository.shippedRuns();
  }

  @Test
  void networkOfTextsIsKnownOnceTheyHaveBeenRead() throws IOException {
    Settings settings =
        read("", List.of("data.kind=ag-news", "data.path=/raw", "backbone=text-lstm"));
    assertThat(settings.expectedNetwork()).isEmpty();
  }

  @Test
  void textsWithoutRoomForATokenAreRefused() {
    assertThatThrownBy(() -> read("data.text.max-length = 0", List.of()))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Invalid data.text.max-length: 0 ")
        .hasMessageEndingWith(" (must be auto or from 1 to 100000)");
  }

  @ParameterizedTest
  @MethodSource
  void everyShippedConfParses(Path conf) throws IOException {
    Settings settings = new SettingsReader(ENVIRONMENT).read(conf, List.of());
    assertThat(settings.model().name() + ".conf").isEqualTo(conf.getFileName().toString());
    NetworkSpec network = settings.network(shape(settings.data().kind()), 10);
    assertThat(network.blocks()).isNotEmpty();
    assertThat(Files.readAllLines(conf)).hasSizeLessThanOrEqualTo(40);
  }

  private static Shape shape(DataKind kind) {
    return switch (kind) {
      case AG_NEWS, DBPEDIA, YELP, IMDB, SST2, TEXT -> Shape.tokens(60, 1000);
      case FASHION_MNIST -> Shape.map(3, 28, 28);
      default -> Shape.map(3, 32, 32);
    };
  }

  @Test
  void theComparisonRunIsTheReferencesRun() {
    Settings settings =
        new SettingsReader(ENVIRONMENT)
            .read(Repository.CONF.resolve("cifar10-small.conf"), List.of());
    assertThat(settings.data().path()).contains("/raw/cifar-10/cifar-10-batches-bin");
    assertThat(settings.data().validationFraction()).isEqualTo(0.1);
    assertThat(settings.workers().count()).isEqualTo(1);
    assertThat(settings.training().epochs()).isEqualTo(8);
    assertThat(settings.training().batchSize()).isEqualTo(128);
    assertThat(settings.training().augmentation()).isEqualTo(TrainingSettings.Augmentation.WEAK);
    NetworkSpec network = settings.network(IMAGE, 10);
    assertThat(network.borders().stream().map(Border::activation))
        .containsExactly(IMAGE, Shape.map(32, 16, 16), Shape.map(64, 8, 8), Shape.map(128, 4, 4));
    assertThat(network.blocks())
        .allSatisfy(
            block -> {
              HeadSpec head = new HeadSpec(HeadSpec.Kind.MLP, Features.POOLED, 128, 128);
              assertThat(block.loss())
                  .isEqualTo(new LossSpec.Scpl(0.1, LossSpec.Divisor.KHOSLA, head));
              assertThat(block.exit()).isEqualTo(new ExitSpec(Features.POOLED));
              ScheduleSpec cosine = new ScheduleSpec.Cosine(0.01);
              assertThat(block.optimiser())
                  .isEqualTo(new OptimiserSpec.Adam(1e-3, 0.9, 0.999, 1e-8, 0, 0, cosine));
            });
  }

  @Test
  void aRateThatWarmsUpIsUnderTheScheduleThatIsChosen() throws IOException {
    ScheduleSpec step = new ScheduleSpec.Step(List.of(0.5, 0.75), 0.1);
    assertThat(
            read("training.schedule { kind = step, warm-up = 0.05 }").network(IMAGE, 10).blocks())
        .allSatisfy(
            block ->
                assertThat(block.optimiser().schedule())
                    .isEqualTo(new ScheduleSpec.WarmUp(0.05, step)));
  }

  @Test
  void aBlockTakesFromTrainingWhatItsEntryLeavesOut() throws IOException {
    String conf =
        """
        training {
          learning-rate = 0.02
          momentum = 0.8
          schedule { kind = step, at = [0.5] }
          per-block = [
            { learning-rate = 0.01, schedule.warm-up = 0.1, adam.beta2 = 0.99 }
            {}
            { optimiser = sgd, schedule { kind = constant } }
          ]
        }
        """;
    ScheduleSpec step = new ScheduleSpec.Step(List.of(0.5), 0.1);
    assertThat(read(conf, List.of("training.clip-norm=5")).network(IMAGE, 10).blocks())
        .extracting(BlockSpec::optimiser)
        .containsExactly(
            new OptimiserSpec.Adam(0.01, 0.9, 0.99, 1e-8, 0, 5, new ScheduleSpec.WarmUp(0.1, step)),
            new OptimiserSpec.Adam(0.02, 0.9, 0.999, 1e-8, 0, 5, step),
            new OptimiserSpec.Sgd(0.02, 0.8, 0, 5, new ScheduleSpec.Constant()));
    assertThat(read("method = bp", List.of("training.per-block=[{optimiser = lars}]")))
        .satisfies(
            bp ->
                assertThat(bp.network(IMAGE, 10).blocks().get(0).optimiser())
                    .isInstanceOf(OptimiserSpec.Lars.class));
  }

  @Test
  void hiddenLayersAreANumberOrAList() throws IOException {
    for (String deep : List.of("loss.head.hidden=[7, 8]", "scpl.head { hidden = [7, 8] }")) {
      boolean set = deep.startsWith("loss");
      Settings settings = set ? read("", List.of(deep)) : read(deep);
      assertThat(((LossSpec.Scpl) settings.network().loss()).head().hidden()).containsExactly(7, 8);
    }
    assertThat(((LossSpec.Scpl) read("", List.of("loss.head.hidden=7")).network().loss()).head())
        .isEqualTo(new HeadSpec(HeadSpec.Kind.MLP, Features.GRID, 7, 128));
  }

  @Test
  void everyBlockIsGivenTheExitThatIsNamed() throws IOException {
    String conf = "exit { kind = small-conv, features = pooled, hidden = 6 }";
    assertThat(read(conf).network(IMAGE, 10).blocks())
        .extracting(BlockSpec::exit)
        .containsOnly(ExitSpec.of(ExitSpec.Kind.SMALL_CONV, Features.POOLED, List.of(6)));
  }

  @Test
  void theLastBlockMayHaveAnExitOfItsOwnWhichTakesTheRestFromThatOfTheOthers() throws IOException {
    String conf =
        "method = pred"
            + "\nexit { features = pooled, hidden = 6, label-smoothing = 0.1, look-ahead.depth = 2 }"
            + "\nlast-exit { kind = mlp, features = flat }";
    Settings settings = read(conf);
    List<ExitSpec> exits =
        settings.network(IMAGE, 10).blocks().stream().map(BlockSpec::exit).toList();
    assertThat(exits.get(2))
        .isEqualTo(ExitSpec.of(ExitSpec.Kind.MLP, Features.FLAT, List.of(6)).smoothing(0.1));
    assertThat(exits.subList(0, 2))
        .allSatisfy(
            exit -> {
              assertThat(exit.ahead()).isNotEmpty();
              assertThat(exit.features()).isEqualTo(Features.POOLED);
              assertThat(exit.hidden()).isEmpty();
            });
    assertThat(read(settings.rendered()).network()).isEqualTo(settings.network());
  }

  @Test
  void methodBpHasTheLastBlocksExit() throws IOException {
    String conf =
        "exit.features = pooled, last-exit { kind = mlp, hidden = [7], label-smoothing = 0 }";
    assertThat(read(conf, List.of("method=bp")).network(IMAGE, 10).blocks())
        .extracting(BlockSpec::exit)
        .containsExactly(ExitSpec.of(ExitSpec.Kind.MLP, Features.POOLED, List.of(7)));
  }

  @Test
  void heavyExitOfTheLastBlockMakesItShorter() throws IOException {
    String conf = "method = pred, backbone = resnet32, blocks = 3";
    List<String> heavy =
        List.of("last-exit.kind=mlp", "last-exit.features=flat", "last-exit.hidden=[2048,2048]");
    int plain = read(conf).withCut(IMAGE, 10).network().cutting().cut().get(2);
    assertThat(read(conf, heavy).withCut(IMAGE, 10).network().cutting().cut().get(2))
        .isLessThan(plain);
  }

  @Test
  void theLastBlockMayHaveALossOfItsOwn() throws IOException {
    for (String conf :
        List.of("last-loss { type = cross-entropy }", "last-loss.type=cross-entropy")) {
      Settings settings = conf.contains("=c") ? read("", List.of(conf)) : read(conf);
      assertThat(settings.network(IMAGE, 10).blocks())
          .extracting(block -> Names.of(block.loss().getClass()))
          .containsExactly("scpl", "scpl", "cross-entropy");
    }
    assertThat(read("", List.of("last-loss={type = cross-entropy}")).network().lastLoss())
        .contains(new LossSpec.CrossEntropy());
  }

  @Test
  void everyBlockMayHaveALossOfItsOwnWhichTakesTheRestFromItsSection() throws IOException {
    String conf =
        "losses = [{ type = predsim, beta = 0.5 }, { type = scpl }, { type = cross-entropy }]"
            + "\nscpl { temperature = 0.3, head.kind = linear }";
    HeadSpec linear = new HeadSpec(HeadSpec.Kind.LINEAR, Features.GRID, 128, 128);
    assertThat(read(conf).network(IMAGE, 10).blocks())
        .extracting(BlockSpec::loss)
        .containsExactly(
            new LossSpec.PredSim(0.5, HEAD),
            new LossSpec.Scpl(0.3, LossSpec.Divisor.KHOSLA, linear),
            new LossSpec.CrossEntropy());
  }

  @Test
  void lossesByBlockAreReadBackFromWhatIsKept() throws IOException {
    for (String conf :
        List.of("losses = [{type = scpl, head.hidden = [7, 8]}]", "last-loss { type = predsim }")) {
      Settings settings = read(conf);
      assertThat(read(settings.rendered()).network()).isEqualTo(settings.network());
    }
  }

  @Test
  void methodBpJoinsTheBlocks() throws IOException {
    assertThat(read("method = bp").network(IMAGE, 10).blocks()).hasSize(1);
  }

  @Test
  void blocksAreTrainedByTheLossOfTheMethodUnlessAnotherIsNamed() throws IOException {
    assertThat(read("method = predsim").network().loss())
        .isEqualTo(new LossSpec.PredSim(0.99, HEAD));
    assertThat(read("method = bp").network().loss()).isEqualTo(new LossSpec.CrossEntropy());
    assertThat(read("method = al").network().loss())
        .isEqualTo(
            new AlSpec(
                new AlSpec.Bridge(Features.POOLED, List.of(), LossSpec.Activation.TANH),
                128,
                LossSpec.Activation.TANH,
                LossSpec.Activation.TANH,
                LossSpec.Activation.NONE,
                AlSpec.Inverse.CROSS_ENTROPY));
    assertThat(read("loss { type = predsim, beta = 0.9 }").network().loss())
        .isEqualTo(new LossSpec.PredSim(0.9, HEAD));
    assertThat(read("loss { type = cross-entropy }").network(IMAGE, 10).blocks())
        .hasSize(3)
        .allSatisfy(block -> assertThat(block.loss()).isEqualTo(new LossSpec.CrossEntropy()));
  }

  @Test
  void aLossTakesWhatItLeavesOutFromTheSectionOfItsType() throws IOException {
    LossSpec.Scpl warm =
        new LossSpec.Scpl(
            0.5,
            LossSpec.Divisor.AUTHORS,
            new HeadSpec(HeadSpec.Kind.MLP_BN, Features.GRID, 128, 128));
    String section = "scpl { temperature = 0.3, divisor = authors, head.kind = mlp-bn }";
    assertThat(read(section, List.of("loss.temperature=0.5")).network().loss()).isEqualTo(warm);
    assertThat(read(section, List.of("loss={temperature = 0.5}")).network().loss()).isEqualTo(warm);
    assertThat(read(section + "\nloss { type = scpl, temperature = 0.5 }").network().loss())
        .isEqualTo(warm);
    assertThat(read("scpl.temperature = 0.5").network().loss())
        .isEqualTo(new LossSpec.Scpl(0.5, LossSpec.Divisor.KHOSLA, HEAD));
  }

  @ParameterizedTest
  @CsvSource({
    "mlp, 2",
    "cnn, 4",
    "vgg-small, 3",
    "vgg8, 4",
    "vgg-wide, 4",
    "resnet18, 4",
    "resnet32, 4",
    "resnet110, 4",
  })
  void everyBackboneIsCutAsTheLiteratureCutsIt(String name, int blocks) throws IOException {
    Settings settings = read("backbone = " + name);
    assertThat(Names.of(settings.network().backbones().backbone())).isEqualTo(name);
    assertThat(settings.network(IMAGE, 10).blocks()).hasSize(blocks);
  }

  @Test
  void blocksAreCutWhereTheirCostIsBalanced() throws IOException {
    Settings settings = read("method = pred, backbone = resnet32, blocks = 4");
    NetworkSpec network = settings.network(IMAGE, 10);
    List<Long> flops = Cost.of(network).stream().map(Cost::flops).toList();
    assertThat(flops).hasSize(4);
    assertThat(Collections.max(flops)).isLessThan(2 * Collections.min(flops));
    assertThat(read("method = bp, backbone = resnet32, blocks = 4").network(IMAGE, 10).blocks())
        .hasSize(1);
    String all =
        "network.blocks = [[{type = relu}, {type = flatten}, {type = dense, units = 3}],"
            + " [{type = dense, units = 3}]]";
    assertThat(read(all + "\nblocks = 1").network(IMAGE, 10).blocks()).hasSize(1);
  }

  @Test
  void cutThatWasMadeIsKeptAndMadeAgain() throws IOException {
    for (String by : List.of("flops", "activations")) {
      Settings asked = read("backbone = resnet32, blocks = 3, blocks-by = " + by);
      Settings made = asked.withCut(IMAGE, 10);
      assertThat(made.network().cutting().cut()).hasSize(3);
      assertThat(made.network(IMAGE, 10)).isEqualTo(asked.network(IMAGE, 10));
      assertThat(read(made.rendered())).isEqualTo(made);
      assertThat(made.withCut(IMAGE, 10)).isEqualTo(made);
    }
    assertThat(read("cut = [1, 5]").network(IMAGE, 10).blocks())
        .extracting(block -> block.layers().size())
        .containsExactly(3, 18);
    Settings own = read("method = bp, blocks = 2");
    assertThat(own.withCut(IMAGE, 10)).isEqualTo(own);
  }

  @Test
  void networkInFullReplacesTheBackboneAndFillsInDefaults() throws IOException {
    String conf =
        """
        backbone = mlp
        network.defaults.convolution.kernel = 5
        network.blocks = [
          [{ type = convolution, filters = 8, padding = 2 }, { type = batch-norm }, { type = relu },
           { type = max-pool }],
          [{ type = tanh }, { type = average-pool, kernel = 4, stride = 4 }, { type = flatten },
           { type = dense, units = 20 }, { type = elu }, { type = leaky-relu, slope = 0.2 }]
        ]
        """;
    NetworkSpec network = read(conf).network(IMAGE, 10);
    assertThat(network.blocks().get(0).layers())
        .containsExactly(
            new LayerSpec.Convolution(8, 5, 1, 2, false),
            new LayerSpec.BatchNorm(),
            new LayerSpec.Relu(),
            new LayerSpec.MaxPool(2, 2));
    assertThat(network.blocks().get(1).layers())
        .containsExactly(
            new LayerSpec.Tanh(),
            new LayerSpec.AveragePool(4, 4),
            new LayerSpec.Flatten(),
            new LayerSpec.Dense(20, true),
            new LayerSpec.Elu(1),
            new LayerSpec.LeakyRelu(0.2));
  }

  static Stream<String> whatIsRenderedReadsBackAsEqual() {
    return Stream.of(
        "",
        "loss { type = predsim, beta = 0.5, head { kind = convolution } }, predsim.beta = 0.9",
        "backbone = resnet18, resnet18 { shortcut = conv3x3, activation = leaky-relu }, mlp.batch-norm"
            + " = true",
        "method = bp, backbone = vgg8, seed = -3, run-id = night.1, data.path = \"hdfs://n:1/a b\"",
        "training { learning-rate = 1e-12, schedule { kind = step, at = [] } }, data.memory = 300k",
        "training.per-block = [{ learning-rate = 3e-4, schedule.at = [] }, { optimiser = lars }]",
        "workers = 2, averaging { rule = quorum, quorum { size = 2, wait = 700us }, period = 64 }",
        "network.blocks = [[{type = residual, body = [{type = convolution, filters = 4}], shortcut ="
            + " [{type = convolution, filters = 4, kernel = 1, padding = 0}, {type = elu}]}, {type ="
            + " residual, body = [{type = batch-norm}]}]]",
        "network.blocks = [[{type = convolution, filters = 4}], [{type = flatten}, {type = dense,"
            + " units = 3, bias = false}]]");
  }

  @ParameterizedTest
  @MethodSource
  void whatIsRenderedReadsBackAsEqual(String conf) throws IOException {
    Settings settings = read(conf);
    String rendered = settings.rendered();
    assertThat(read(rendered)).isEqualTo(settings);
    assertThat(read(rendered).rendered()).isEqualTo(rendered);
  }

  @Test
  void laterSourcesWin() throws IOException {
    Settings settings =
        read(
            "training.epochs = 3, training.batch-size = 32",
            List.of("training.epochs=4", "training.epochs=5"));
    assertThat(settings.training().epochs()).isEqualTo(5);
    assertThat(settings.training().batchSize()).isEqualTo(32);
    assertThat(settings.training().prefetchThreads()).isEqualTo(1);
  }

  @Test
  void overridesTakePathsListsAndSectionsAsTheyAreTyped() throws IOException {
    Settings settings =
        read(
            "",
            List.of(
                "output=hdfs://node:8020/a b#c",
                "mlp.hidden=[3, 4]",
                "training={epochs = 2, adam.beta1 = 0.5}",
                "run-id="));
    assertThat(settings.output()).isEqualTo("hdfs://node:8020/a b#c");
    assertThat(settings.network().backbones().mlp().hidden()).containsExactly(3, 4);
    assertThat(settings.training().epochs()).isEqualTo(2);
    assertThat(settings.training().optimisation().adam().beta1()).isEqualTo(0.5);
    assertThat(settings.runId()).isEmpty();
  }

  @Test
  void overriddenSubstitutionNeedsNoVariable() throws IOException {
    Settings settings =
        new SettingsReader(Map.of())
            .read(conf("data.path = ${BLOCKWISE_DATA}/cifar"), List.of("data.path=/elsewhere"));
    assertThat(settings.data().path()).contains("/elsewhere");
  }

  @Test
  void runIdIsTimeAndSeedUnlessGiven() throws IOException {
    Instant start = Instant.parse("2026-01-31T12:00:05.7Z");
    assertThat(read("seed = 7").runIdAt(start)).isEqualTo("20260131T120005Z-seed7");
    assertThat(read("run-id = nightly").runIdAt(start)).isEqualTo("nightly");
  }

  @Test
  void threadsAreAnEvenShareOfTheCoresUnlessGiven() throws IOException {
    assertThat(read("workers = 2").threadsPerWorker(8)).isEqualTo(4);
    assertThat(read("workers = 3").threadsPerWorker(2)).isEqualTo(1);
    assertThat(read("workers = 2, threads = 3").threadsPerWorker(8)).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "method = scpl | 7",
        "method = scpl, training.execution = pipelined | 2",
        "method = scpl, training.execution = pipelined, blocks = 2 | 3",
        "method = scpl, training.execution = pipelined, cut = [1, 1, 1, 3] | 1",
        "method = bp, training.execution = pipelined | 7",
        "method = scpl, training.execution = forward-serial | 2",
      })
  void blocksThatTrainAtTheSameTimeShareTheThreadsOfAWorker(String conf, int each)
      throws IOException {
    assertThat(read(conf).libraryThreads(7)).isEqualTo(each);
  }

  @Test
  void dataSetIsNamedAfterItsKindUnlessNamed() throws IOException {
    assertThat(read("data { kind = fashion-mnist, download = true }").data().directory())
        .isEqualTo("fashion-mnist");
    assertThat(read("data.name = mine").data().directory()).isEqualTo("mine");
  }

  private static WorkersSettings workers(int count, int min, Duration startTimeout) {
    return new WorkersSettings(
        count, min, startTimeout, Duration.ofSeconds(10), Duration.ofMinutes(5));
  }

  @Test
  void workersAsANumberIsTheirCountInEveryLayer() throws IOException {
    assertThat(read("workers = 3").workers()).isEqualTo(workers(3, 1, Duration.ofMinutes(5)));
    Settings settings = read("workers { count = 4, min = 3 }", List.of("workers=5"));
    assertThat(settings.workers()).isEqualTo(workers(5, 3, Duration.ofMinutes(5)));
    settings = read("workers = 4", List.of("workers.min=2", "workers.start-timeout=9s"));
    assertThat(settings.workers()).isEqualTo(workers(4, 2, Duration.ofSeconds(9)));
    assertThat(read(settings.rendered())).isEqualTo(settings);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "workers = 4\nworkers.min = 3",
        "workers { min = 3 }, workers = 4",
        "method = bp, workers: 4, workers { min = 3 }",
        "{ \"workers\" = 4 // workers = 9\n workers.min = 3 }",
        "data.path = \"\"\"\nworkers = 9\n\"\"\", data.path = x, workers =\n 4\nworkers { min = 3 }",
      })
  void workersAsANumberAndAsASectionGoTogether(String conf) throws IOException {
    assertThat(read(conf).workers()).isEqualTo(ConfFilesTest.workers(4, 3, Duration.ofMinutes(5)));
  }

  @Test
  void modelIsNamedAfterTheFileWithDashesForSpaces() throws IOException {
    Path file = Files.createFile(directory.resolve("my first net.v2.conf"));
    assertThat(Settings.load(file, List.of()).model().name()).isEqualTo("my-first-net.v2");
  }

  @Test
  void lockStepIsAQuorumOfAllWithoutALimit() throws IOException {
    String quorum = "averaging.rule = quorum, averaging.codec = fp16";
    assertThat(read(quorum).averaging().options().lockStep()).isTrue();
    assertThat(read(quorum).averaging().options().codec()).isEqualTo(Codec.FP16);
    assertThat(read(quorum + ", averaging.quorum.wait = 1s").averaging().options().lockStep())
        .isFalse();
  }

  private Settings read(String conf) throws IOException {
    return read(conf, List.of());
  }

  private Settings read(String conf, List<String> sets) throws IOException {
    return new SettingsReader(ENVIRONMENT).read(conf(conf), sets);
  }

  private Path conf(String text) throws IOException {
    return Files.writeString(directory.resolve("test.conf"), text);
  }

  private static String other(String key, Settings settings) {
    Type type = new Schema(Settings.class).values().get(key);
    return Optional.ofNullable(OTHER.get(key)).orElseGet(() -> other(type, value(key, settings)));
  }

  private static String other(Type type, Object value) {
    if (value instanceof List<?>) {
      return type.getTypeName().contains("Double") ? "[1, 2, 3]" : "[7]";
    } else if (type instanceof ParameterizedType || type == String.class) {
      return "other";
    } else if (value instanceof Enum<?> constant) {
      Enum<?>[] constants = constant.getDeclaringClass().getEnumConstants();
      return Names.of(constants[(constant.ordinal() + 1) % constants.length]);
    } else if (value instanceof Boolean flag) {
      return String.valueOf(!flag);
    } else if (value instanceof Double number) {
      return number == 0 ? "0.5" : number >= 1 ? number + 1 + "" : number / 2 + "";
    } else if (value instanceof Duration time) {
      return time.plusSeconds(1).toMillis() + "ms";
    }
    return String.valueOf(((Number) value).longValue() + 1);
  }

  private static Object value(String key, Settings settings) {
    Object value = settings;
    for (String word : key.split("\\.", -1)) {
      // the section of a kind of loss is in the loss
      boolean ofLoss = word.equals(Names.of(settings.network().loss().getClass()));
      value = ofLoss ? settings.network().loss() : component((Record) value, word);
    }
    return value;
  }

  private static Object component(Record record, String key) {
    for (var component : record.getClass().getRecordComponents()) {
      try {
        Object value = component.getAccessor().invoke(record);
        if (component.isAnnotationPresent(Inline.class) && component((Record) value, key) != null) {
          return component((Record) value, key);
        } else if (Schema.key(component).equals(key)) {
          return value;
        }
      } catch (ReflectiveOperationException e) {
        throw new AssertionError(e);
      }
    }
    return null;
  }
}
