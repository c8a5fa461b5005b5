package io.blockwise.model.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.averaging.AveragingOptions.Outer;
import io.blockwise.model.averaging.codec.Codec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Recorded pushes give the recorded values, bit for bit: those that {@code
 * src/test/python/trajectories.py} (for {@code average-norm}: {@code gain.py}) makes of the same
 * pushes, which knows the rules and not this code. Whoever changes a rule on purpose changes it
 * there, too; whoever adds an event to a file has the script write anew what follows, or this test,
 * and reads the difference:
 *
 * <pre>
 *   mvn -q -pl model -am test -Dtest=TrajectoryTest -Dtrajectories.write=true \
 *     -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
class TrajectoryTest {
  private static final Path FILES = Path.of("src/test/resources/trajectories");

  private static final Map<String, AveragingOptions> OPTIONS =
      Map.ofEntries(
          Map.entry("average", Averaging.average(1, Codec.FP32, 2.5)),
          Map.entry("average-table", Averaging.average(1, Codec.FP32, 2.5)),
          Map.entry("average-delayed", Averaging.delayed(1, 2.5)),
          Map.entry(
              "average-norm", Averaging.average(1, Codec.FP32, 5, AveragingOptions.Gain.NORM)),
          Map.entry("lock-step", Averaging.lockStep(1)),
          Map.entry("lock-step-table", Averaging.lockStep(1)),
          Map.entry("quorum-nesterov", quorumOf(2, 5, Averaging.NESTEROV)),
          Map.entry("quorum-sgd", quorumOf(2, 5, Averaging.SGD)),
          Map.entry("elastic", Averaging.elastic(1, 2.5)),
          Map.entry("quorum-rda", quorumOf(2, 5, Averaging.RDA)),
          Map.entry("quorum-of-three-rda", quorumOf(3, 9, Averaging.RDA)));

  private static AveragingOptions quorumOf(int size, double stalenessMax, Outer outer) {
    return Averaging.quorum(1, size, Duration.ofNanos(100), stalenessMax, outer);
  }

  static Set<String> names() {
    return OPTIONS.keySet();
  }

  /** With {@code -Dtrajectories.write=true} it writes what the events lead to instead. */
  @ParameterizedTest
  @MethodSource("names")
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
