/**
 * The data set on storage, which is all that training sees of data-prep. {@link
 * io.blockwise.data.dataset.Dataset} opens one and reads its shards into {@link
 * io.blockwise.data.dataset.Rows}: a label and named fields, each of a {@link
 * io.blockwise.data.dataset.FieldKind}.
 *
 * <pre>
 *   DIR/manifest.json                    written last; a directory without it is no data set
 *   DIR/FILE ...                         what else the manifest lists (none for images;
 *                                        of texts vocabulary.txt: the token of id i in line i;
 *                                        of texts in side fields FIELD.vocabulary.txt)
 *   DIR/train/shard-00000.parquet ...    a column for the label (int32), then one per field;
 *                                        an image: binary, unsigned bytes, C x H x W;
 *                                        a text: a list of int32, as long as the text, no padding;
 *                                        numbers: a list of float, one per column of the raw data,
 *                                        NaN where one is missing and may be;
 *                                        weight, where rows have one: float, above 0;
 *                                        in train, where labels were drawn anew, behind them
 *                                        original_label (int32): of these rows the one before
 *   DIR/validation/shard-00000.parquet ...
 *   DIR/test/shard-00000.parquet ...
 * </pre>
 *
 * <p>The manifest is UTF-8 JSON with keys in snake case: {@code format_version} (7 with weights of
 * rows, else 6 with {@code missing_as_mean}, else 5 with {@code ancestors}, else 4 with side
 * fields, else 3 with {@code drawn}, else 2), {@code kind}, {@code classes} (names; the label is
 * the index), {@code fields} (by name, in the order of the columns: the first is the main one, the
 * others are side fields, and {@code weight}, if it is of that kind, what rows count), {@code
 * seed}, {@code options} (the keys and values it was prepared with), {@code raw} (name, bytes and
 * SHA-256 of the raw files), {@code skipped} (images that could not be read; absent if none),
 * {@code relabelled} (rows of train whose label is not that of the raw data; absent if none),
 * {@code drawn} (rows of train whose label was drawn anew, be it their own again; absent if none)
 * and {@code splits}, with rows, rows per class and the shards of each: file, first row, rows,
 * bytes, SHA-256; and {@code files} (name, bytes and SHA-256 of what lies beside the shards; absent
 * if nothing does), {@code ancestors} (name and SHA-256 of the manifest of the data sets that these
 * rows were appended to, the nearest first; absent if there is none). It holds no path and no time,
 * so equal input gives equal bytes.
 *
 * <p>A field has its {@code kind} and what belongs to it; {@code image}: {@code shape} (channels,
 * height, width), {@code flippable}, {@code mean} and {@code standard_deviation} (per channel of
 * train, on the scale 0..1); {@code tokens}: {@code cleaning} (how a text became tokens), {@code
 * vocabulary_size} (ids 0 for padding and 1 for unknown tokens included), {@code max_length} (in
 * tokens) and, where {@code embeddings.safetensors} lies beside the shards, {@code vectors}: their
 * {@code dimension}, the {@code words} of the vocabulary that have one of their own, the {@code
 * tokens} of train and the {@code covered_tokens} among them; {@code numbers}: {@code columns}
 * (their names), {@code mean} and {@code standard_deviation} (per column of train, of the numbers
 * that are there) and, where some may be missing, {@code missing_as_mean}; {@code weight}: nothing
 * else. In version 1, which is read as well, the four of images stand beside {@code classes}, and
 * belong to the field {@code pixels}.
 */
package io.blockwise.data.dataset;
