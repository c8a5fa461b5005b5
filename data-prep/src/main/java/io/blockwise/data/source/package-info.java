/**
 * Raw files as rows of labelled images. {@link io.blockwise.data.source.CifarSource}, {@link
 * io.blockwise.data.source.IdxSource} and {@link io.blockwise.data.source.ImageFolderSource} look
 * at a folder on the driver and describe it as {@link io.blockwise.data.source.RawImages}: classes,
 * shape, and slices that executors read.
 *
 * <pre>
 *   folder -> source (driver: names, lengths, headers) -> RawImages -> Slice.open (executor) -> rows
 * </pre>
 *
 * <p>Cuts into slices depend on the files only, never on the cores.
 */
package io.blockwise.data.source;
