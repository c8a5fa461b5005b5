package io.blockwise.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.base.UserException;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The writer of a model is killed before everything it changes on storage, which is after what it
 * has changed before, one process for each place, while others read: they get the version that was
 * published or the new one, whole.
 */
@Tag("slow")
@Timeout(4500) // ten minutes where nothing else runs
class KilledPublicationTest {
  /** Started ahead, so that a new process does not wait for Java. */
  private static final int AHEAD = 2;

  @TempDir static Path trained;
  private static ModelVersion version;

  @TempDir Path directory;

  private final Deque<Publisher> ready = new ArrayDeque<>();
  private int next = 1;

  @BeforeAll
  static void train() throws Exception {
    FileSystem.closeAll();
    SmallRuns.train(
        SmallRuns.settings(trained, "run-id=v1", "training.epochs=1", "backbone=mlp", "method=bp"));
    version = SmallRuns.published(trained);
  }

  @Test
  void onLocalFiles() throws Exception {
    killAtEveryStep("file", "file:" + directory, new Configuration(), Map.of());
  }

  @Test
  void onHdfs() throws Exception {
    try (HdfsCluster hdfs = HdfsCluster.start(directory, 1)) {
      killAtEveryStep("hdfs", hdfs.path(""), hdfs.configuration(), hdfs.settings());
    }
  }

  /** Steps are the requests that change something: one after the other does not arrive any more. */
  @Test
  void onS3() throws Exception {
    try (S3Server s3 = S3Server.start(directory);
        FaultProxy proxy = FaultProxy.before(s3.address())) {
      Configuration configuration = S3Server.configuration(s3.address());
      Map<String, String> throughProxy = S3Server.settings(proxy.address());
      try (Readers readers = new Readers(configuration)) {
        int points = 0;
        for (int step = 1; ; step++) {
          Model model = model(configuration, S3Server.path("/models/" + step));
          readers.read(model);
          try (Publisher publisher = next(throughProxy, false)) {
            proxy.behave(killing(publisher, step));
            if (publisher.publish(model.place()) == Publisher.DONE) {
              break;
            }
            points++;
          }
          model.requireGoesOn();
        }
        report("s3a", points, readers);
      }
    }
  }

  private static FaultProxy.Behaviour killing(Publisher publisher, int step) {
    AtomicInteger steps = new AtomicInteger();
    return exchange -> {
      if (exchange.changes() && steps.incrementAndGet() == step) {
        publisher.kill();
      } else {
        exchange.pass();
      }
    };
  }

  private void killAtEveryStep(
      String scheme, String root, Configuration configuration, Map<String, String> hadoop)
      throws Exception {
    try (Readers readers = new Readers(configuration)) {
      int points = 0;
      while (true) {
        Model model = model(configuration, root + "/models/" + (points + 1));
        readers.read(model);
        try (Publisher publisher = next(hadoop, true)) {
          if (publisher.publish(model.place()) == Publisher.DONE) {
            break;
          }
          points++;
        }
        model.requireGoesOn();
        if (points % 25 == 0) {
          System.out.printf("Publication on %s: killed at %d points so far%n", scheme, points);
        }
      }
      report(scheme, points, readers);
    }
  }

  private void report(String scheme, int points, Readers readers) {
    ready.forEach(Publisher::close);
    readers.close();
    System.out.printf(
        "Publication on %s: killed at %d points; %d reads of the published version meanwhile, all whole%n",
        scheme, points, readers.reads.get());
    assertThat(points).isGreaterThan(10);
    assertThat(readers.reads.get()).isGreaterThan(points);
  }

  private Publisher next(Map<String, String> hadoop, boolean halting) throws Exception {
    while (ready.size() < AHEAD) {
      ready.add(
          Publisher.start(
              trained.resolve("out/models/small"),
              halting ? next++ : 0,
              hadoop,
              directory.resolve("publishers.txt")));
    }
    return ready.remove();
  }

  private static Model model(Configuration configuration, String place) throws Exception {
    ModelStore store = new ModelStore(configuration, new org.apache.hadoop.fs.Path(place));
    store.write(version);
    store.publish("v1");
    return new Model(place, store);
  }

  /** Where one process publishes. */
  private record Model(String place, ModelStore store) {
    /** Readers get one or the other, and the next publication works, also of what was killed. */
    void requireGoesOn() throws Exception {
      requireWhole(store.readLatest());
      store.write(Publisher.renamed(version, "v3"));
      store.publish("v3");
      assertThat(store.readLatest()).isEqualTo(Publisher.renamed(version, "v3"));
      try {
        store.write(Publisher.renamed(version, "v2"));
      } catch (UserException e) {
        assertThat(e).hasMessageEndingWith(" is complete already (choose another run-id)");
      }
      store.publish("v2");
      assertThat(store.readLatest()).isEqualTo(Publisher.renamed(version, "v2"));
    }
  }

  private static void requireWhole(ModelVersion read) {
    assertThat(read).isEqualTo(Publisher.renamed(version, read.id()));
  }

  /** Reads the newest model over and over, until it is closed. */
  private static final class Readers implements AutoCloseable {
    /** Leaves the processors to the writers. */
    private static final int PAUSE_MILLIS = 50;

    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Configuration configuration;
    private final Thread thread = new Thread(this::run, "reader");
    private volatile String place;
    private volatile boolean closed;

    Readers(Configuration configuration) {
      this.configuration = configuration;
    }

    void read(Model model) {
      place = model.place();
      if (thread.getState() == Thread.State.NEW) {
        thread.start();
      }
    }

    private void run() {
      try {
        while (!closed) {
          ModelStore store = new ModelStore(configuration, new org.apache.hadoop.fs.Path(place));
          requireWhole(store.readLatest());
          reads.incrementAndGet();
          Thread.sleep(PAUSE_MILLIS);
        }
      } catch (Throwable e) {
        failure.set(e);
      }
    }

    @Override
    public void close() {
      closed = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      assertThat(failure.get()).isNull();
    }
  }
}
