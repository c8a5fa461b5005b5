package io.blockwise.job.features;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.FeatureSettings;
import io.blockwise.job.config.Settings;
import io.blockwise.job.device.EngineSelection;
import io.blockwise.job.device.Engines;
import io.blockwise.job.evaluation.PublishedModel;
import io.blockwise.job.input.DatasetRows;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.features.Distances;
import io.blockwise.model.features.FeatureRows;
import io.blockwise.model.features.LinearProbe;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.NetworkSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Looks at the outputs of a published model's blocks as features. Used by one thread. */
public final class FeatureQuality {
  private final PublishedModel model;
  private final Settings settings;
  private final EngineChoice engine;
  private final Storage storage;
  private final Path directory;
  private final DatasetRows rows;

  private FeatureQuality(PublishedModel model, Settings settings, Configuration hadoop) {
    this.model = model;
    this.settings = settings;
    ModelVersion version = model.version();
    engine =
        EngineSelection.tried(settings.engineChoice(), Optional.of(version.description().network()))
            .choice();
    storage = new Storage(hadoop);
    Path features = new Path(new Path(settings.output(), "features"), version.description().name());
    directory = new Path(features, version.id());
    rows = new DatasetRows(model.dataset(), settings.data().memory().bytes(), 1);
  }

  /**
   * Measures the version {@code run-id}, or the newest, block by block, prints the figures and
   * writes them with a picture per block below {@code output/features/NAME/VERSION}, over those of
   * an earlier call.
   *
   * @throws io.blockwise.base.UserException as {@link PublishedModel#open}
   */
  public static void run(Settings settings) throws IOException, InterruptedException {
    Configuration hadoop = HadoopSettings.current();
    PublishedModel model = PublishedModel.open(settings, hadoop);
    new FeatureQuality(model, settings, hadoop).measure();
  }

  private void measure() throws IOException, InterruptedException {
    FeatureSettings wanted = settings.features();
    FirstRows test = first(Split.TEST, wanted.rows());
    FirstRows train = first(Split.TRAIN, wanted.probeRows());
    try (DecoupledNetwork network = model.network(engine)) {
      List<BlockQuality> blocks = cut(network, train, test);
      int last = blocks.get(blocks.size() - 1).place().block();
      RattReport ratt = new RandomLabels(train).measure(network, last);
      write(new QualityReport(model, settings, test.count(), train.count(), blocks, ratt));
    }
  }

  /** A network of one block is looked at where its backbone has borders. */
  private List<BlockQuality> cut(DecoupledNetwork network, FirstRows train, FirstRows test)
      throws IOException, InterruptedException {
    NetworkSpec spec = network.spec();
    Optional<InnerBorders> borders =
        InnerBorders.of(spec, () -> settings.layersOfBlocks(spec.input(), spec.classes()));
    if (borders.isEmpty()) {
      return qualities(network, train, test);
    }
    try (DecoupledNetwork parts = borders.get().network(engine, network.blocks().get(0))) {
      return qualities(parts, train, test);
    }
  }

  private FirstRows first(Split split, int most) {
    int batch = settings.evaluation().batchSizeOr(settings.training().batchSize());
    return new FirstRows(model, rows, split, most, batch);
  }

  private List<BlockQuality> qualities(DecoupledNetwork network, FirstRows train, FirstRows test)
      throws IOException, InterruptedException {
    Extraction extraction = new Extraction(network, settings.features().readOut());
    List<BlockQuality> blocks = new ArrayList<>();
    for (Place place : extraction.places()) {
      FeatureRows tested = extraction.of(place, test);
      ClassPicture.requireDrawable(name(), tested); // before anything is learned
      blocks.add(quality(place, extraction.of(place, train), tested));
      draw(place, tested);
    }
    return blocks;
  }

  private void write(QualityReport report) throws IOException {
    report.figures().forEach(System.out::println);
    storage.write(new Path(directory, "features.json"), report.json());
    storage.write(new Path(directory, "features.md"), report.markdown().getBytes(UTF_8));
    System.out.println("Written to " + directory);
  }

  private BlockQuality quality(Place place, FeatureRows train, FeatureRows test) {
    try (LinearProbe probe = new LinearProbe(Engines.create(engine), train, settings.seed())) {
      return new BlockQuality(
          place,
          test.width(),
          Distances.ofRaw(test),
          Distances.ofNormalised(test),
          probe.accuracy(test));
    }
  }

  private void draw(Place place, FeatureRows test) throws IOException {
    FeatureSettings wanted = settings.features();
    String picture =
        ClassPicture.of(
            name() + ", block " + place,
            test,
            wanted.pictureRows(),
            model.version().description().classes(),
            wanted.perplexity(),
            settings.seed());
    storage.write(new Path(directory, place.picture()), picture.getBytes(UTF_8));
  }

  private String name() {
    return model.version().description().name();
  }
}
