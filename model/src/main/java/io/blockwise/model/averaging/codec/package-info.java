/**
 * What the values of a push are as bytes: a {@link io.blockwise.model.averaging.codec.Codec} says
 * how they are written, a {@link io.blockwise.model.averaging.codec.Payload} is the result. It
 * knows arrays and buffers alone, neither messages nor who sends them. The reasons are in {@code
 * docs/adr/0031-encodings-of-pushes.md}.
 */
package io.blockwise.model.averaging.codec;
