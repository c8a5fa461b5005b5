/**
 * The data set on storage, which is all that training sees of data-prep. {@link
 * io.blockwise.data.dataset.Dataset} opens one and reads its shards.
 *
 * <pre>
 *   DIR/manifest.json                    written last; a directory without it is no data set
 *   DIR/train/shard-00000.parquet ...    rows: int32 label, binary pixels (uint8, C x H x W)
 *   DIR/validation/shard-00000.parquet ...
 *   DIR/test/shard-00000.parquet ...
 * </pre>
 *
 * <p>The manifest is UTF-8 JSON with keys in snake case: {@code format_version} (1), {@code kind},
 * {@code classes} (names; the label is the index), {@code shape} (channels, height, width), {@code
 * flippable}, {@code seed}, {@code options} (the keys and values it was prepared with), {@code
 * mean} and {@code standard_deviation} (per channel of train, on the scale 0..1), {@code raw}
 * (name, bytes and SHA-256 of the raw files), {@code skipped} (images that could not be read;
 * absent if none) and {@code splits}, with rows, rows per class and the shards of each: file, first
 * row, rows, bytes, SHA-256. It holds no path and no time, so equal input gives equal bytes.
 */
package io.blockwise.data.dataset;
