/**
 * Image files as pixels: {@link io.blockwise.data.source.image.ImageDecoder} is the way in. Gives
 * the same bytes on every Java version.
 */
package io.blockwise.data.source.image;
