/**
 * Everything a run is told: {@link io.blockwise.job.config.Settings}, one checked record.
 *
 * <p>{@code reference.conf} declares key, default and documentation; the records here declare type
 * and bounds, and {@link io.blockwise.job.config.hocon} makes them of files. Whoever holds a {@code
 * Settings} never asks for a key again. Nothing here loads Spark or a numerical library.
 */
package io.blockwise.job.config;
