package io.blockwise.job.features;

import io.blockwise.model.features.Distances;

/**
 * What was measured at one place. Immutable.
 *
 * @param width values of a row
 * @param raw distances of rows as they are
 * @param normalised distances of rows of length 1
 * @param probe share of test rows whose class a linear layer tells
 */
record BlockQuality(Place place, int width, Distances raw, Distances normalised, double probe) {}
