package io.blockwise.data.source;

/**
 * Which raw row this is; the same for the same raw files on any cluster. Immutable.
 *
 * @param file name that does not depend on where the folder lies or how the file is packed
 * @param fileNumber position of the file among the source's files
 * @param index of the row in the file, from 0
 */
public record RowId(String file, int fileNumber, long index) {}
