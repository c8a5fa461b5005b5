package io.blockwise.data.dataset;

/**
 * A file that a manifest lists: one that the data set was made from, or one that lies beside its
 * shards. Immutable.
 *
 * @param name of the file, or of a folder of raw files with a {@code /} behind it
 * @param bytes its length; of a folder, the sum over its files
 * @param sha256 of its content; of a folder, of the concatenation, in name order, of each file's
 *     name in UTF-8, a zero byte, its length in eight bytes (high byte first) and its content
 */
public record ListedFile(String name, long bytes, String sha256) {}
