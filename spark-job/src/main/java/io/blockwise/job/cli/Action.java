package io.blockwise.job.cli;

/** What a command does with a configuration; the command has its name. */
public enum Action {
  /** Raw files to a data set. */
  PREPARE("Turns raw files into a data set."),

  /** Prepares if need be, trains, evaluates and publishes. */
  TRAIN("Prepares the data set if it is missing, trains, evaluates and publishes the model."),

  /** Reads a published model back and measures it. */
  EVALUATE(
      "Measures a published model on test: the newest of its name, or the one of --set run-id=ID."
          + " Exit code 1 if the figures are not those that were published."),

  /** Looks at the outputs of a published model's blocks as features. */
  FEATURES(
      "Measures how well the output of every block of a published model tells classes apart, by"
          + " distances and a linear probe, and draws it: below output/features. The newest of its"
          + " name, or the one of --set run-id=ID."),

  /** Says what a training would take, without training. */
  PLAN(
      "Says what training would take, and refuses what cannot run: workers, steps, memory with the"
          + " settings for it, traffic. Starts no executor and trains nothing."),

  /** Repeats a run. */
  REPLAY(
      "Repeats a run of this machine by the tape that averaging.tape = true has written: the same"
          + " leases, folds and adoptions in the same order, to the same bytes. Writes nothing. Exit"
          + " code 1 with the first line of the tape that differs.");

  private final String description;

  Action(String description) {
    this.description = description;
  }

  /** For the help. */
  String description() {
    return description;
  }
}
