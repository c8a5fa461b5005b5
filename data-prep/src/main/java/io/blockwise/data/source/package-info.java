/**
 * Raw files as labelled rows. A {@link io.blockwise.data.source.Source} looks at a folder on the
 * driver and describes it as {@link io.blockwise.data.source.RawRows}: schema, classes, and slices
 * that executors read.
 *
 * <pre>
 *   folder -> Source.open (driver: names, lengths, headers) -> RawRows -> Slice.open (executor) -> rows
 * </pre>
 *
 * <p>Images that are files of their own are in the package {@code folder}. Cuts into slices depend
 * on the files only, never on the cores.
 */
package io.blockwise.data.source;
