/**
 * Rows of tables, whatever a file's format is: a {@link
 * io.blockwise.data.source.text.record.TextFile} is cut into {@link
 * io.blockwise.data.source.text.record.TextPiece}s, and a {@link
 * io.blockwise.data.source.text.record.TextCursor} goes through the rows of one.
 */
package io.blockwise.data.source.text.record;
