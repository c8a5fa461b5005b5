package io.blockwise.spark;

import io.blockwise.base.files.Storage;
import io.blockwise.job.cluster.ClusterSession;
import io.blockwise.job.cluster.Masters;
import io.blockwise.job.config.Settings;
import io.blockwise.job.device.Threads;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.prediction.ModelPlace;
import io.blockwise.job.report.Progress;
import io.blockwise.job.report.ProgressDisplay;
import io.blockwise.job.report.ProgressLine;
import io.blockwise.job.training.Training;
import io.blockwise.job.training.Training.ProcessUse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;

/** One training on a DataFrame. Used by one thread; several run at once. */
final class Fit {
  private static final AtomicInteger FITS = new AtomicInteger();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss").withZone(ZoneOffset.UTC);
  private static final String RAW = "-rows-";

  private final String uid;
  private final Columns columns;
  private final List<String> sets;
  private final boolean shown;

  /**
   * @param sets keys of the user, as {@code key=value}
   * @param shown whether progress is
   */
  Fit(String uid, Columns columns, List<String> sets, boolean shown) {
    this.uid = uid;
    this.columns = columns;
    this.sets = sets;
    this.shown = shown;
  }

  /** The model of these rows. */
  BlockwiseModel of(Dataset<?> frame) {
    try {
      return trained(LabelledRows.of(frame, columns));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("The training was interrupted", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private BlockwiseModel trained(LabelledRows rows) throws Exception {
    String id = TIME.format(Instant.now()) + "-" + FITS.incrementAndGet();
    Configuration hadoop = HadoopSettings.current();
    Settings settings = settings(rows, id, hadoop);
    if (!Masters.isLocal(Masters.current())) {
      ClusterSession.open(settings); // refuses a session without the plugin before any work
    }
    prepare(rows, settings, hadoop);
    try (ProgressLine line = ProgressLine.standardOutput()) {
      Training.run(settings, shown ? line : new Notices(line), ProcessUse.SHARED);
    }
    String models = settings.output() + "/models/" + settings.model().name();
    return new BlockwiseModel(uid, new ModelPlace(models, id), settings.engineChoice());
  }

  private Settings settings(LabelledRows rows, String id, Configuration hadoop) throws IOException {
    List<String> all = new ArrayList<>();
    if (Masters.isLocal(Masters.current())) {
      all.add("threads=" + Threads.ofThisProcess());
    }
    all.add("model.name=" + uid + "-" + id);
    all.addAll(sets);
    all.addAll(FrameFiles.sets(rows));
    all.add("run-id=" + id);
    List<String> data = all.stream().filter(set -> set.startsWith("data.")).toList();
    String name = rows.name(data);
    all.add("data.name=" + name);
    Path output = new Path(Settings.of(withPath(all, name)).output());
    String place = output.getFileSystem(hadoop).makeQualified(output).toString();
    all.add("output=" + place);
    return Settings.of(withPath(all, place + "/datasets/" + name + RAW + UUID.randomUUID()));
  }

  private static List<String> withPath(List<String> sets, String path) {
    List<String> all = new ArrayList<>(sets);
    all.add("data.path=" + path);
    return all;
  }

  /** Rows that were prepared before are not written again. */
  private static void prepare(LabelledRows rows, Settings settings, Configuration hadoop)
      throws IOException {
    if (Datasets.existing(settings, hadoop).isPresent()) {
      return;
    }
    Path raw = new Path(settings.data().path().orElseThrow());
    try {
      FrameFiles.write(rows, hadoop, raw);
      Datasets.openOrPrepare(settings, hadoop);
    } finally {
      new Storage(hadoop).delete(raw);
    }
  }

  /** Shows what matters although progress is not wanted. */
  private record Notices(ProgressDisplay line) implements ProgressDisplay {
    @Override
    public void update(Progress progress) {}

    @Override
    public void epochDone(Progress progress) {}

    @Override
    public void notice(String text) {
      line.notice(text);
    }
  }
}
