package io.blockwise.job;

import io.blockwise.job.cli.Actions;
import io.blockwise.job.cli.Commands;
import java.util.Arrays;
import org.apache.spark.sql.SparkSession;

/** The commands of {@link Blockwise}, several of them in one Spark application. */
public final class SeveralCommands {
  /** Between two command lines. */
  public static final String NEXT = "--next";

  private SeveralCommands() {}

  /** Runs them one after the other, and prints the exit code of each. */
  public static void main(String[] arguments) {
    Actions actions =
        UserErrors.of(
            new Actions(
                Blockwise::run,
                output -> {},
                (comparison, parallel) -> {},
                options -> {},
                options -> {},
                (model, drop) -> {},
                (model, to) -> {},
                options -> {}));
    int from = 0;
    while (from < arguments.length) {
      int to = from;
      while (to < arguments.length && !arguments[to].equals(NEXT)) {
        to++;
      }
      int code = Commands.run(actions, () -> false, Arrays.copyOfRange(arguments, from, to));
      System.out.println("exit code " + code);
      from = to + 1;
    }
    SparkSession.getDefaultSession().get().stop();
  }
}
