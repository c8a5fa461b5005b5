package io.blockwise.job.features;

import io.blockwise.model.features.Distances;

/**
 * What was measured of one block. Immutable.
 *
 * @param block from 1
 * @param width values of a row
 * @param raw distances of rows as they are
 * @param normalised distances of rows of length 1
 * @param probe share of test rows whose class a linear layer tells
 */
record BlockQuality(int block, int width, Distances raw, Distances normalised, double probe) {}
