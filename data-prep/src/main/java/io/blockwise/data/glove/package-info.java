/**
 * Vectors of words from a file in GloVe's text format, joined on the word where the file is read:
 * row i of the result is the vector of id i.
 *
 * <pre>
 *   file -> pieces of 16 MiB -> (executors: lines whose word is in the vocabulary) -> driver: matrix
 * </pre>
 */
package io.blockwise.data.glove;
