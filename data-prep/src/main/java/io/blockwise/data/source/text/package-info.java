/**
 * Texts of the corpora and of the user's own: tables with a text per line, and trees with a text
 * per file. What a file is and how it holds rows is in {@link
 * io.blockwise.data.source.text.record}.
 *
 * <pre>
 *   files -> pieces of 16 MiB -> census (executors: rows, lines, labels) -> slices with classes
 * </pre>
 *
 * <p>A row is known by its file and the offset of its line (its index in Parquet), so neither cuts
 * nor cores show in what becomes of it. A record is one line: that is what lets a file be cut, and
 * errors name a line.
 */
package io.blockwise.data.source.text;
