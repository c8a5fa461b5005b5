/**
 * How far a run is and what it has reached: {@link io.blockwise.job.training.progress.RunFigures}
 * add up, {@link io.blockwise.job.training.progress.RunProgress} tells from them and from the
 * ledgers where it stands, and {@link io.blockwise.job.training.progress.RunReport} says so.
 */
package io.blockwise.job.training.progress;
