package io.blockwise.job.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.base.files.Storage;
import io.blockwise.job.checkpoint.ReplicaFiles;
import io.blockwise.job.log.LogContext;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.TrainedBlocks;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.network.Timeline;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.hadoop.conf.Configuration;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.ThreadContext;
import org.apache.logging.log4j.core.impl.ContextDataFactory;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.message.SimpleMessage;
import org.apache.logging.log4j.util.StringMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lines as conf/log4j2.properties lays them out, with what threads have said of themselves. */
@Timeout(240)
class LogLinesTest {
  private static final LeaseAttempt ATTEMPT = new LeaseAttempt("monday", 1, 1, 0);

  @TempDir Path directory;

  /** A line that the calling thread logs now, without its time. */
  private static String line() {
    Properties logging = new Properties();
    Path file = Path.of(System.getProperty("basedir", ""), "..", "conf", "log4j2.properties");
    try (Reader in = Files.newBufferedReader(file)) {
      logging.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    StringMap context = ContextDataFactory.createContextData();
    ThreadContext.getImmutableContext().forEach(context::putValue);
    return PatternLayout.newBuilder()
        .withPattern(logging.getProperty("appender.stderr.layout.pattern"))
        .build()
        .toSerializable(
            Log4jLogEvent.newBuilder()
                .setLoggerName("io.blockwise.Some")
                .setLevel(Level.WARN)
                .setMessage(new SimpleMessage("it is so"))
                .setContextData(context)
                .build())
        .substring("00:00:00 ".length())
        .strip();
  }

  @Test
  void linesOfOtherThreadsAreAsEver() {
    assertThat(line()).isEqualTo("WARN  Some: it is so");
  }

  @Test
  void linesSayWhatIsKnownOfTheirThreadUntilItIsDone() throws Exception {
    Queue<String> lines = new ConcurrentLinkedQueue<>();
    LogContext.ofBlock(
            "monday",
            3,
            () -> {
              lines.add(line());
              LogContext.of(ATTEMPT, () -> lines.add(line())).run();
              lines.add(line());
            })
        .run();
    lines.add(line());
    assertThat(lines)
        .containsExactly(
            "WARN  Some run monday block 3: it is so",
            "WARN  Some run monday worker 2 block 3: it is so",
            "WARN  Some run monday block 3: it is so",
            "WARN  Some: it is so");
  }

  @Test
  void helperThreadHasTheContextOfWhoMadeIt() throws Exception {
    Queue<String> lines = new ConcurrentLinkedQueue<>();
    LogContext context = LogContext.of(ATTEMPT);
    Thread helper = new Thread(LogContext.here(() -> lines.add(line())));
    context.close();
    helper.start();
    helper.join();
    assertThat(lines).containsExactly("WARN  Some run monday worker 2: it is so");
  }

  @Test
  void workersLinesSayTheirRunAndNumberWhileTheyTrain() throws Exception {
    SmallRuns.Parts parts = SmallRuns.parts(SmallRuns.settings(directory));
    Queue<String> lines = new ConcurrentLinkedQueue<>();
    Timeline logging = (block, what, batch, from, to) -> lines.add(line());
    try (LocalWorkers workers =
        new LocalWorkers(
            2,
            parts.plan(),
            parts.images(),
            new ReplicaFiles(new Storage(new Configuration())),
            new InProcessExchange(parts.ledgers()),
            new LiveFigures(3),
            Duration.ofMinutes(2),
            worker -> logging)) {
      workers.start(
          new Lease(
              new LeaseAttempt("run", 1, 1, 0),
              Lease.NONE,
              1,
              TrainedBlocks.all(3),
              parts.shards().subList(0, 1)));
      List<LeaseEnd> ends = List.of();
      while (ends.isEmpty()) {
        ends = workers.poll(Duration.ofMillis(50));
      }
      assertThat(ends.get(0)).isInstanceOf(LeaseEnd.Done.class);
    }
    assertThat(lines).isNotEmpty().containsOnly("WARN  Some run run worker 2: it is so");
  }
}
