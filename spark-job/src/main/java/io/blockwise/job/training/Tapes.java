package io.blockwise.job.training;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blockwise.base.files.Digests;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.job.cli.LaunchEnvironment;
import io.blockwise.job.config.Settings;
import io.blockwise.job.device.Engines;
import io.blockwise.job.tape.RecordedTape;
import io.blockwise.job.tape.Tape;
import io.blockwise.job.tape.TapeLine;
import io.blockwise.model.artifact.StoredBlock;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.engine.Device;
import io.blockwise.model.spec.NetworkSpec;
import java.io.IOException;
import java.util.List;

/** What a run's tape says of it at both ends. */
final class Tapes {
  /** In the run's directory. */
  static final String FILE = "tape.jsonl";

  private Tapes() {}

  /**
   * A new tape.
   *
   * @param local whether the workers are threads of this process
   */
  static Tape recorded(RunDirectory directory, boolean local) throws IOException {
    return local
        ? RecordedTape.ofThreads(directory.create(FILE), System::nanoTime)
        : RecordedTape.ofExecutors(directory.create(FILE), System::nanoTime);
  }

  /**
   * What a run was started with; asked for once its workers are there.
   *
   * @param settings as they are in its directory
   */
  static TapeLine.Start start(String runId, Settings settings, Dataset dataset, boolean local) {
    return TapeLine.Start.of(
        runId,
        Digests.sha256(settings.rendered().getBytes(UTF_8)),
        dataset.fingerprint(),
        local ? Engines.usedOn(Device.CPU).toString() : "",
        settings.workers().count(),
        LaunchEnvironment.threads(settings),
        local);
  }

  /** What it has come to: the checksums that the model's manifest has of its blocks. */
  static TapeLine.End end(NetworkSpec network, int epoch, List<BlockState> states) {
    return new TapeLine.End(
        epoch, Publication.stored(network, states).stream().map(StoredBlock::sha256).toList());
  }
}
