package io.blockwise.job.guarantee;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.config.GuaranteeSettings;
import io.blockwise.job.worker.Census;
import io.blockwise.job.worker.Workers;
import io.blockwise.model.artifact.Exits;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.exits.ExitCosts;
import io.blockwise.model.exits.ExitSweep;
import io.blockwise.model.exits.TemperatureFit;
import io.blockwise.model.exits.Temperatures;
import io.blockwise.model.spec.NetworkSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What a run learns of the exits of the snapshot that it publishes, from validation. */
public final class RunCalibration {
  private RunCalibration() {}

  /**
   * Fits the temperatures, and chooses the threshold where something is to be guaranteed.
   *
   * @param rows of validation, by what they may choose
   * @param validation all of its shards
   * @param lost hears why a part of the rows has to be measured again
   */
  public static Calibration of(
      GuaranteeSettings wanted,
      NetworkSpec network,
      Workers workers,
      List<BlockState> snapshot,
      CalibrationRows rows,
      List<Shard> validation,
      Consumer<String> lost)
      throws InterruptedException {
    int blocks = network.blocks().size();
    Temperatures temperatures =
        workers
            .evaluate(
                snapshot,
                new Census<>(validation, rows.selection(), new TemperatureFit(blocks)),
                lost)
            .temperatures();
    if (!wanted.exists()) {
      return new Calibration(Exits.PLAIN.with(temperatures), Optional.empty());
    }
    ExitSweep sweep =
        workers.evaluate(
            snapshot,
            new Census<>(validation, rows.calibration(), new ExitSweep(blocks, temperatures)),
            lost);
    return Calibration.of(wanted, ExitCosts.of(network), temperatures, sweep);
  }
}
