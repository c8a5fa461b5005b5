package io.blockwise.job.report.mlflow;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import io.blockwise.base.files.Storage;
import io.blockwise.job.cli.Interruption;
import io.blockwise.job.config.Settings;
import io.blockwise.job.report.html.ReportFile;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;

/**
 * A run in MLflow: its configuration as parameters, the figures of every epoch as metrics, its
 * report and configuration as artifacts, and how it ended. A run that goes on with another one of
 * the same id goes on in MLflow, too.
 *
 * <p>All of it is sent by a thread of its own, so that nobody waits for a server that is slow or
 * away. What could not be sent is sent with what comes next. Calls come from one thread.
 */
public final class MlflowRun implements AutoCloseable {
  /** Of a run that is not tracked. */
  public static final MlflowRun NONE = new MlflowRun();

  private static final String RUN_TAG = "blockwise.run";
  private static final String MODEL_TAG = "blockwise.model";
  private static final String CONFIGURATION = "resolved.conf";
  private static final String SERVED = "mlflow-artifacts";

  /** What MLflow takes at once. */
  private static final int MOST_PARAMETERS = 100;

  private static final int MOST_METRICS = 1000;
  private static final int LONGEST_VALUE = 500;
  private static final int CLOSE_SECONDS = 15;

  private final MlflowClient client;
  private final Settings settings;
  private final String runId;
  private final Storage storage;
  private final Clock clock;
  private final Consumer<String> notice;
  private final ExecutorService thread;

  // of the thread
  private final List<Map<String, Object>> waiting = new ArrayList<>();
  private Optional<MlflowClient.Run> run = Optional.empty();
  private boolean said;

  private MlflowRun() {
    this(null, null, "", null, Clock.systemUTC(), text -> {}, null);
  }

  private MlflowRun(
      MlflowClient client,
      Settings settings,
      String runId,
      Storage storage,
      Clock clock,
      Consumer<String> notice,
      ExecutorService thread) {
    this.client = client;
    this.settings = settings;
    this.runId = runId;
    this.storage = storage;
    this.clock = clock;
    this.notice = notice;
    this.thread = thread;
  }

  /**
   * Begins it, if {@code report.mlflow.uri} is set.
   *
   * @param notice shows one line where the server does not answer
   */
  public static MlflowRun begin(
      Settings settings, String runId, Storage storage, Clock clock, Consumer<String> notice) {
    Optional<String> server = settings.report().mlflow().uri();
    if (server.isEmpty()) {
      return NONE;
    }
    MlflowRun begun =
        new MlflowRun(
            new MlflowClient(server.get(), System.getenv()),
            settings,
            runId,
            storage,
            clock,
            notice,
            Executors.newSingleThreadExecutor(MlflowRun::thread));
    begun.later(begun::flush);
    return begun;
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "blockwise-mlflow");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Adds the figures of an epoch.
   *
   * @param step the epoch, from 1
   * @param metrics by name; what is not finite is left out
   */
  public void metrics(long step, Map<String, Double> metrics) {
    List<Map<String, Object>> entries = entries(step, metrics);
    later(
        () -> {
          waiting.addAll(entries);
          flush();
        });
  }

  private List<Map<String, Object>> entries(long step, Map<String, Double> metrics) {
    long now = clock.millis();
    List<Map<String, Object>> entries = new ArrayList<>();
    metrics.forEach(
        (name, value) -> {
          if (value != null && Double.isFinite(value)) {
            entries.add(Map.of("key", name, "value", value, "timestamp", now, "step", step));
          }
        });
    return entries;
  }

  /**
   * The run has ended.
   *
   * @param status {@code FINISHED}, {@code FAILED} or {@code KILLED}
   * @param model where its model is; empty without one
   * @param page its report
   */
  public void ended(String status, Optional<String> model, Supplier<byte[]> page) {
    if (thread == null) {
      return;
    }
    byte[] report = page.get();
    later(
        () -> {
          flush();
          String id = run.orElseThrow().id();
          if (model.isPresent()) {
            client.log(id, Map.of("tags", List.of(entry(MODEL_TAG, model.get()))));
          }
          store(ReportFile.NAME, report);
          store(CONFIGURATION, settings.rendered().getBytes(StandardCharsets.UTF_8));
          client.status(id, status, Optional.of(clock.millis()));
        });
  }

  /** To where the server says: its own store, or a path that this process writes by itself. */
  private void store(String name, byte[] content) throws IOException, InterruptedException {
    String place = run.orElseThrow().artifacts();
    URI uri = URI.create(place.replace(" ", "%20"));
    if (SERVED.equals(uri.getScheme())) {
      client.upload(uri.getPath().replaceFirst("^/", "") + "/" + name, content);
    } else {
      storage.write(new Path(place.replaceFirst("^s3:", "s3a:"), name), content);
    }
  }

  private void flush() throws IOException, InterruptedException {
    if (run.isEmpty()) {
      run = Optional.of(opened());
    }
    while (!waiting.isEmpty()) {
      List<Map<String, Object>> some =
          List.copyOf(waiting.subList(0, Math.min(MOST_METRICS, waiting.size())));
      client.log(run.get().id(), Map.of("metrics", some));
      waiting.subList(0, some.size()).clear();
    }
  }

  private MlflowClient.Run opened() throws IOException, InterruptedException {
    String experiment = client.experiment(settings.report().mlflow().experiment());
    Optional<MlflowClient.Run> before = client.find(experiment, RUN_TAG, runId);
    if (before.isPresent()) {
      client.status(before.get().id(), "RUNNING", Optional.empty());
      return before.get();
    }
    MlflowClient.Run opened =
        client.create(experiment, runId, clock.millis(), List.of(entry(RUN_TAG, runId)));
    List<Map<String, Object>> parameters = parameters();
    for (int from = 0; from < parameters.size(); from += MOST_PARAMETERS) {
      int to = Math.min(from + MOST_PARAMETERS, parameters.size());
      client.log(opened.id(), Map.of("params", parameters.subList(from, to)));
    }
    return opened;
  }

  /** As the run's own configuration has them, without what is secret. */
  private List<Map<String, Object>> parameters() {
    Map<String, Object> sorted = new TreeMap<>();
    ConfigFactory.parseString(settings.rendered())
        .resolve(
            ConfigResolveOptions.defaults().setAllowUnresolved(true).setUseSystemEnvironment(false))
        .root()
        .forEach((key, value) -> collect(key, value, sorted));
    return sorted.entrySet().stream()
        .map(each -> entry(each.getKey(), shortened(String.valueOf(each.getValue()))))
        .toList();
  }

  private static void collect(String key, ConfigValue value, Map<String, Object> into) {
    if (value instanceof ConfigObject section && !section.isEmpty()) {
      section.forEach((name, below) -> collect(key + "." + name, below, into));
    } else {
      into.put(key, value.render(ConfigRenderOptions.concise()));
    }
  }

  private static String shortened(String value) {
    String plain = value.replaceAll("^\"|\"$", "");
    return plain.length() <= LONGEST_VALUE ? plain : plain.substring(0, LONGEST_VALUE - 3) + "...";
  }

  private static Map<String, Object> entry(String key, String value) {
    return Map.of("key", key, "value", value);
  }

  /** What may fail without harm. */
  @FunctionalInterface
  private interface Sending {
    void run() throws IOException, InterruptedException;
  }

  private void later(Sending sending) {
    if (thread == null) {
      return;
    }
    thread.execute(
        () -> {
          try {
            sending.run();
          } catch (IOException | RuntimeException e) {
            failed(e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private void failed(Exception e) {
    if (!said && !Interruption.isBehind(e)) {
      said = true;
      String reason = e.getMessage() == null ? "it does not answer" : e.getMessage();
      String server = settings.report().mlflow().uri().orElseThrow();
      notice.accept(
          "Cannot track the run in MLflow at "
              + server
              + ": "
              + reason
              + "; training goes on, and it is tried again with the next epoch");
    }
  }

  /** Waits for what is still to be sent, but not long. */
  @Override
  public void close() {
    if (thread == null) {
      return;
    }
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
