package io.blockwise.job.cli;

import io.blockwise.base.Names;
import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.job.NotPublishedException;
import io.blockwise.job.RunFailedException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The commands of {@code blockwise}. Used by one thread. */
@Command(
    name = "blockwise",
    mixinStandardHelpOptions = true,
    description = "Trains decoupled neural networks data-parallel on Apache Spark.",
    synopsisSubcommandLabel = "COMMAND")
public final class Commands {
  private static final String[] FOOTER = {
    "",
    "Options of spark-submit may stand anywhere and go to it, among them:",
    "  --master URL            local[*] by default; local[N], spark://..., yarn, ...",
    "  --conf NAME=VALUE       a Spark property, for example spark.task.cpus=2",
    "  --properties-file FILE  Spark properties, see conf/spark-*.properties",
    "  --driver-memory SIZE    4g by default",
    "  --executor-memory SIZE, --executor-cores N, --num-executors N, --queue NAME",
    "",
    "Exit codes: 0 done, 1 run failed, 2 something to fix first, 3 not published",
    "(publish.if); after a clean-up 130 interrupted (Ctrl-C), 143 terminated",
    "(SIGTERM)."
  };

  private Commands() {}

  /**
   * Runs a command line to its end. Messages go to standard error, help to standard output.
   *
   * @param stopping whether the process is about to end: what fails then was interrupted
   * @return the exit code
   */
  public static int run(Actions actions, BooleanSupplier stopping, String... arguments) {
    return run(
        actions,
        stopping,
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        arguments);
  }

  /** The same with other places for help and messages. */
  public static int run(
      Actions actions,
      BooleanSupplier stopping,
      PrintWriter out,
      PrintWriter err,
      String... arguments) {
    CommandLine root = new CommandLine(new Commands());
    root.getCommandSpec().version(version());
    for (Action action : Action.values()) {
      Callable<Integer> command =
          switch (action) {
            case REPLAY -> new ReplayCommand(actions.configured());
            case PREPARE -> new PrepareCommand(actions.configured());
            case TRAIN -> new TrainingCommand(actions.configured());
            default -> new ConfigurationCommand(actions.configured(), action);
          };
      add(root, Names.of(action), action.description(), command);
    }
    add(
        root,
        "grow",
        "Trains further blocks behind those of a published model, which stay as they are, bit by"
            + " bit, and publishes the grown network.",
        new GrowCommand(actions.configured()));
    add(
        root,
        "shrink",
        "Leaves trailing blocks of a published model out that validation does not miss, and publishes"
            + " what is left.",
        new ShrinkCommand(actions.shrinking()));
    add(
        root,
        "rollback",
        "Makes the version of a model that was published before, or any other, the published one"
            + " again.",
        new RollbackCommand(actions.rollingBack()));
    add(
        root,
        "export",
        "Writes a published model, whole or up to the exit of a block, as an ONNX file, with which"
            + " programs without Java answer the same.",
        new ExportCommand(actions.exporting()));
    add(
        root,
        "compare",
        "Trains several configurations with several seeds each, one after the other, and writes"
            + " tables and pictures of what they reached and took. Goes on where it was"
            + " interrupted.",
        new CompareCommand(actions.comparing()));
    add(
        root,
        "predict",
        "Answers a data set, a table or a directory of images with a published model: class,"
            + " confidence, the block that answered, and the probability of every class.",
        new PredictCommand(actions.predicting()));
    add(
        root,
        "calibrate",
        "Chooses, by rows that a published model has not seen, the threshold of confidence with which"
            + " it may answer early: accuracy drops, or cost is, no more than stated, with the stated"
            + " probability. Publishes the same weights with it as a version of its own.",
        new CalibrateCommand(actions.calibrating()));
    add(
        root,
        "runs",
        "Lists the runs below an output, one line each: model, data, method, workers, accuracy of"
            + " every block, and whether the run is done, failed, was interrupted, goes on or died.",
        new RunsCommand(actions.listing()));
    root.getCommandSpec().usageMessage().footer(FOOTER);
    root.setExpandAtFiles(false); // a name with an @ is a name
    root.setOut(out);
    root.setErr(err);
    root.setParameterExceptionHandler((e, rest) -> refused(e, err));
    root.setExecutionExceptionHandler((e, command, parsed) -> failed(e, stopping, err));
    return root.execute(arguments);
  }

  private static void add(
      CommandLine root, String name, String description, Callable<Integer> runnable) {
    CommandLine command = new CommandLine(runnable);
    CommandSpec spec = command.getCommandSpec();
    spec.mixinStandardHelpOptions(true).version(version());
    spec.usageMessage().description(description).footer(FOOTER);
    root.addSubcommand(name, command);
  }

  private static int refused(ParameterException e, PrintWriter err) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    String fact = e.getMessage();
    if (e instanceof UnmatchedArgumentException unmatched && command.getParent() == null) {
      fact = "there is no command " + unmatched.getUnmatched().get(0);
    }
    err.println(
        "Cannot run " + name + ": " + Printable.escaped(fact) + " (see " + name + " --help)");
    return ExitCode.USER_ERROR;
  }

  private static String version() {
    String version = Commands.class.getPackage().getImplementationVersion();
    return "Blockwise " + Optional.ofNullable(version).orElse("(not packaged)");
  }

  private static int failed(Exception e, BooleanSupplier stopping, PrintWriter err) {
    if (stopping.getAsBoolean() || Interruption.isBehind(e)) {
      err.println("Interrupted");
      return ExitCode.INTERRUPTED;
    }
    if (e instanceof UserException) {
      err.println(e.getMessage());
      return ExitCode.USER_ERROR;
    }
    if (e instanceof NotPublishedException) {
      err.println(e.getMessage());
      return ExitCode.NOT_PUBLISHED;
    }
    if (e instanceof RunFailedException) {
      err.println(e.getMessage());
      return ExitCode.FAILED;
    }
    e.printStackTrace(err);
    err.println("Failed: " + e.getMessage());
    return ExitCode.FAILED;
  }
}
