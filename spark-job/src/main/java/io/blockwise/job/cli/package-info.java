/**
 * The command line: arguments to settings, outcomes to exit codes.
 *
 * <p>{@link io.blockwise.job.cli.Commands} parses and runs; what the commands do is handed in as
 * {@link io.blockwise.job.cli.Actions}. {@link io.blockwise.job.cli.Launch} parses the same
 * arguments before Spark is started, for {@code bin/blockwise}. Exit codes: 0 done, 1 the run
 * failed, 2 the user must fix something, 130 interrupted.
 */
package io.blockwise.job.cli;
