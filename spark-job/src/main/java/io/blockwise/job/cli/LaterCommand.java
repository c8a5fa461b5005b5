package io.blockwise.job.cli;

import io.blockwise.base.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** A command of a later version, refused by name whatever its arguments. Used by one thread. */
@Command(hidden = true)
final class LaterCommand implements Callable<Integer> {
  private final String name;

  // Taken in, so that it is the command that is refused and not its arguments.
  @Unmatched private final List<String> arguments = new ArrayList<>();

  LaterCommand(String name) {
    this.name = name;
  }

  @Override
  public Integer call() {
    String line = (name + " " + String.join(" ", arguments)).strip();
    throw UserException.cannot(
        "run " + line,
        "the command will come with a later version",
        "use prepare, train, evaluate, features, plan, replay, compare, predict, calibrate or runs");
  }
}
