package io.blockwise.job.cluster;

import io.blockwise.job.worker.LeaseReport;
import io.blockwise.job.worker.Place;
import java.io.Serializable;

/**
 * A lease that was trained to its end. Immutable.
 *
 * @param place where
 * @param notice what the user should know about the place, one line; empty if nothing
 */
record Trained(LeaseReport report, Place place, String notice) implements Serializable {}
