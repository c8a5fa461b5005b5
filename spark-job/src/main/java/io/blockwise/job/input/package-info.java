/**
 * Where training gets its data set from: {@link io.blockwise.job.input.Datasets} prepares it if it
 * is missing, {@link io.blockwise.job.input.DatasetRows} keeps its shards in memory or streams
 * them. The only place where configuration and data preparation meet.
 */
package io.blockwise.job.input;
