package io.blockwise.job.device;

import io.blockwise.base.UserException;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.model.engine.Device;
import io.blockwise.model.spec.NetworkSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which engine a run computes with: the one that is configured, or for {@code engine = auto} the
 * first that can be used. Immutable.
 *
 * @param choice names an engine
 * @param reason one line that says why this one; empty if it is configured
 */
public record EngineSelection(EngineChoice choice, String reason) {
  /**
   * Selects by what shows without loading a library: for other machines, which are taken to be like
   * this one.
   *
   * @param expected network to be trained, if it is known
   * @throws UserException if the engine, or with {@code auto} every one, cannot be used
   */
  public static EngineSelection expected(EngineChoice wanted, Optional<NetworkSpec> expected) {
    return of(wanted, choice -> Engines.refusal(choice, expected), choice -> Optional.empty());
  }

  /**
   * Selects for this process, where with {@code auto} an engine has to compute something first.
   *
   * @param expected network to be trained, if it is known
   * @throws UserException if the engine, or with {@code auto} every one, cannot be used
   */
  public static EngineSelection tried(EngineChoice wanted, Optional<NetworkSpec> expected) {
    return of(
        wanted,
        choice -> Engines.refusal(choice, expected),
        choice -> EngineTrial.failure(choice, Device.CPU));
  }

  /**
   * The same.
   *
   * @param refusal what is against an engine before it is tried
   * @param trial what has failed when it was
   */
  static EngineSelection of(
      EngineChoice wanted,
      Function<EngineChoice, Optional<String>> refusal,
      Function<EngineChoice, Optional<String>> trial) {
    if (wanted.isOpen()) {
      return first(wanted, choice -> refusal.apply(choice).or(() -> trial.apply(choice)));
    }
    Optional<String> message = refusal.apply(wanted);
    if (message.isPresent()) {
      throw new UserException(message.get());
    }
    return new EngineSelection(wanted, "");
  }

  private static EngineSelection first(
      EngineChoice wanted, Function<EngineChoice, Optional<String>> failure) {
    List<String> failures = new ArrayList<>();
    for (EngineName name : EngineName.STANDARD) {
      EngineChoice choice = wanted.with(name);
      Optional<String> message = failure.apply(choice);
      if (message.isEmpty()) {
        return new EngineSelection(choice, reason(name, failures));
      }
      failures.add(name + " cannot be used: " + message.get().replace(Engines.said(name, ""), ""));
    }
    throw new UserException(Engines.said(EngineName.AUTO, String.join("; ", failures)));
  }

  private static String reason(EngineName taken, List<String> failures) {
    return "Computing with "
        + taken
        + " "
        + Engines.version(taken)
        + ", as "
        + (failures.isEmpty()
            ? "engine = auto takes it where it can be used"
            : String.join("; ", failures));
  }
}
