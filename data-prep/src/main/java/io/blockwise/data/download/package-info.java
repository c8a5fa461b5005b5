/**
 * Gets published data sets, only when a configuration asks for it. {@link
 * io.blockwise.data.download.Fetch} is the way through: download to a {@code .part} file that a
 * later try resumes, compare the published checksum, unpack archives where nothing can escape, and
 * only then give files their names.
 */
package io.blockwise.data.download;
