package io.blockwise.model.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.averaging.AveragingOptions.Outer;
import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import io.blockwise.model.averaging.AveragingOptions.Rule;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Recorded pushes give the recorded values, bit for bit; those of {@code average-norm} were
 * computed by {@code src/test/python/gain.py}, which reads the file and checks it. Whoever changes
 * a rule on purpose, or adds an event to a file, writes anew what follows, and reads the
 * difference:
 *
 * <pre>
 *   mvn -q -pl model -am test -Dtest=TrajectoryTest -Dtrajectories.write=true \
 *     -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
class TrajectoryTest {
  private static final Path FILES = Path.of("src/test/resources/trajectories");

  private static final Map<String, AveragingOptions> OPTIONS =
      Map.of(
          "average", Averaging.average(1, Codec.FP32, 2.5),
          "average-norm", Averaging.average(1, Codec.FP32, 5, AveragingOptions.Gain.NORM),
          "lock-step", Averaging.lockStep(1),
          "quorum-nesterov", quorumOfTwo(new Outer(OuterOptimiser.NESTEROV, 0.9, 0.7)),
          "quorum-sgd", quorumOfTwo(new Outer(OuterOptimiser.SGD, 0.5, 0.3)));

  private static AveragingOptions quorumOfTwo(Outer outer) {
    return new AveragingOptions(
        Rule.QUORUM,
        1,
        Codec.FP32,
        new AveragingOptions.Staleness(5),
        new AveragingOptions.Quorum(2, Duration.ofNanos(100)),
        outer,
        AveragingOptions.Gain.NONE);
  }

  /** With {@code -Dtrajectories.write=true} it writes what the events lead to instead. */
  @ParameterizedTest
  @ValueSource(strings = {"average", "average-norm", "lock-step", "quorum-nesterov", "quorum-sgd"})
  void recordedPushesGiveTheRecordedValues(String name) throws IOException {
    Trajectory trajectory = new Trajectory(file(name), OPTIONS.get(name));
    List<String> replayed = trajectory.replayed();
    if (Boolean.getBoolean("trajectories.write")) {
      trajectory.write(replayed);
      return;
    }
    List<String> recorded = trajectory.recorded();
    for (int line = 0; line < Math.min(recorded.size(), replayed.size()); line++) {
      assertThat(replayed.get(line))
          .as("%s:%d, the first line that differs", file(name), line + 1)
          .isEqualTo(recorded.get(line));
    }
    assertThat(replayed).hasSameSizeAs(recorded);
  }

  @Test
  void aTrajectoryOfAnotherRuleIsRefused() {
    assertThatThrownBy(() -> new Trajectory(file("average"), OPTIONS.get("lock-step")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "Cannot replay average.json: it was recorded with AveragingOptions\\[rule=AVERAGE, .*,"
                + " not with AveragingOptions\\[rule=QUORUM, .* \\(name those in its first line and"
                + " write it anew\\)");
  }

  private static Path file(String name) {
    return FILES.resolve(name + ".json");
  }
}
