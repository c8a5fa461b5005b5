package io.blockwise.job;

import io.blockwise.base.UserException;
import io.blockwise.base.files.FullDisk;
import io.blockwise.job.cli.Actions;
import io.blockwise.job.cli.Interruption;
import io.blockwise.job.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.FSError;

/**
 * Finds the user's error in whatever an action ended with, and makes one of what storage refuses.
 * The command line itself is also read in a JVM without Hadoop.
 */
final class UserErrors {
  private UserErrors() {}

  /** The same actions, with places checked before them and their errors translated. */
  static Actions of(Actions actions) {
    return new Actions(
        configured(actions.configured()),
        listing(actions.listing()),
        comparing(actions.comparing()),
        predicting(actions.predicting()),
        calibrating(actions.calibrating()),
        shrinking(actions.shrinking()),
        rollingBack(actions.rollingBack()),
        exporting(actions.exporting()));
  }

  /** The same of one configuration. */
  static Actions.Configured configured(Actions.Configured actions) {
    return (action, settings) -> {
      requirePlaces(settings);
      translating(settings.output(), () -> actions.run(action, settings));
    };
  }

  /** The same for several runs. */
  private static Actions.Comparing comparing(Actions.Comparing comparing) {
    return (comparison, parallel) -> {
      comparison.runs().forEach(run -> requirePlaces(run.settings()));
      translating(comparison.output(), () -> comparing.run(comparison, parallel));
    };
  }

  /** The same of what answers with a model. */
  private static Actions.Predicting predicting(Actions.Predicting predicting) {
    return options -> {
      FirstContact.require("MODEL", options.model());
      FirstContact.require("INPUT", options.input());
      FirstContact.require("OUTPUT", options.output());
      translating(options.output(), () -> predicting.run(options));
    };
  }

  /** The same of what says when a model may answer early. */
  private static Actions.Calibrating calibrating(Actions.Calibrating calibrating) {
    return options -> {
      FirstContact.require("MODEL", options.model());
      FirstContact.require("DATASET", options.dataset());
      translating(options.model(), () -> calibrating.run(options));
    };
  }

  /** The same of what makes another version of a model. */
  private static Actions.Shrinking shrinking(Actions.Shrinking shrinking) {
    return (model, drop) -> {
      FirstContact.require("MODEL", model);
      translating(model, () -> shrinking.run(model, drop));
    };
  }

  /** The same of what publishes an earlier version. */
  private static Actions.RollingBack rollingBack(Actions.RollingBack rollingBack) {
    return (model, to) -> {
      FirstContact.require("MODEL", model);
      translating(model, () -> rollingBack.run(model, to));
    };
  }

  /** The same of what writes a model for other programs. */
  private static Actions.Exporting exporting(Actions.Exporting exporting) {
    return options -> {
      FirstContact.require("MODEL", options.model());
      FirstContact.require("--output", options.output());
      translating(options.output(), () -> exporting.run(options));
    };
  }

  /** Something that fails as it likes. */
  private interface Command {
    void run() throws Exception;
  }

  private static void translating(String output, Command command) throws Exception {
    try {
      command.run();
    } catch (UserException | RunFailedException | NotPublishedException e) {
      throw e;
    } catch (Exception | FSError e) {
      throw translated(e, output);
    }
  }

  /** The same listing, its place checked before it. */
  private static Actions.Listing listing(Actions.Listing listing) {
    return output -> {
      FirstContact.require("output", output);
      listing.run(output);
    };
  }

  // Threads and Hadoop wrap what they fail with, some of it in an error.
  private static Exception translated(Throwable failure, String output) {
    if (Interruption.isBehind(failure)) {
      return unwrapped(failure);
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UserException) {
        return new UserException(cause.getMessage(), failure);
      }
    }
    return FullDisk.fact(failure)
        .<Exception>map(fact -> noRoom(fact, output))
        .or(() -> StorageErrors.of(failure).map(found -> ofStorage(found, failure)))
        .orElseGet(() -> unwrapped(failure));
  }

  private static Exception ofStorage(StorageErrors.Finding found, Throwable failure) {
    return found.lasting()
        ? UserException.cannot("use storage", found.fact(), found.remedy(), failure)
        : new RunFailedException("Cannot go on: " + found.fact() + " (" + found.remedy() + ")");
  }

  private static RunFailedException noRoom(String fact, String output) {
    return new RunFailedException(
        "Cannot go on: "
            + fact
            + " (free some where output = "
            + output
            + " lies, or choose another output, and start again)");
  }

  private static Exception unwrapped(Throwable failure) {
    return failure instanceof Exception e ? e : new UncheckedIOException(new IOException(failure));
  }

  private static void requirePlaces(Settings settings) {
    FirstContact.require("output", settings.output());
    settings.data().path().ifPresent(path -> FirstContact.require("data.path", path));
    if (settings.growth().hasAncestor()) {
      FirstContact.require("growth.from", settings.growth().from());
    }
  }
}
