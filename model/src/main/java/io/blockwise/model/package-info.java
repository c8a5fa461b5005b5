/**
 * Decoupled networks: what they are ({@code spec}), what computes them ({@code engine}), how they
 * run ({@code network}), how replicas are averaged ({@code averaging}) and how they are kept
 * ({@code artifact}).
 *
 * <p>Nothing below this package knows Spark or the data preparation.
 */
package io.blockwise.model;
