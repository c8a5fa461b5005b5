/**
 * The command {@code features}: what the outputs of a published model's blocks are worth as
 * features, by {@link io.blockwise.model.features}, as JSON, Markdown and pictures. {@link
 * io.blockwise.job.features.FeatureQuality} is its entrance.
 */
package io.blockwise.job.features;
