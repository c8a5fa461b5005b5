package io.blockwise.data.dataset;

/**
 * What a data set was made from. Immutable.
 *
 * @param name of a raw file, or of a folder of images with a {@code /} behind it
 * @param bytes its length; of a folder, the sum over its images
 * @param sha256 of its content; of a folder, of the concatenation, in name order, of each image's
 *     name in UTF-8, a zero byte, its length in eight bytes (high byte first) and its content
 */
public record RawFile(String name, long bytes, String sha256) {}
