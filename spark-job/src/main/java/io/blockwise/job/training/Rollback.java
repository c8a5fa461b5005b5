package io.blockwise.job.training;

import io.blockwise.base.UserException;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.model.artifact.ModelStore;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Makes an earlier version of a model the published one. */
public final class Rollback {
  private Rollback() {}

  /**
   * Publishes a version, and says so on standard output. All of it is read before, so that no
   * reader gets one that is damaged.
   *
   * @param model {@code models/NAME}
   * @param to version; empty for the one that was published before
   * @throws UserException if there is no such version, or it was altered
   */
  public static void run(String model, Optional<String> to) throws IOException {
    rollBack(HadoopSettings.current(), model, to, System.out);
  }

  static void rollBack(Configuration hadoop, String model, Optional<String> to, PrintStream out)
      throws IOException {
    ModelStore store = new ModelStore(hadoop, new Path(model));
    String before = store.requireLatest();
    Optional<String> target =
        to.isPresent() ? to : store.previous().filter(previous -> !previous.equals(before));
    if (target.isEmpty()) {
      throw UserException.cannot(
          "roll back " + model,
          "no other version was published before " + before,
          "name one with --to VERSION");
    }
    String version = target.get();
    var unused = store.read(version);
    store.publish(version);
    out.printf("Published version %s of %s in place of %s%n", version, model, before);
  }
}
