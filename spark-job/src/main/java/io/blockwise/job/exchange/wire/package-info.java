/**
 * What goes over the wire between an executor and the driver, as bytes: a {@link
 * io.blockwise.job.exchange.wire.Message} there, an {@link io.blockwise.job.exchange.wire.Answer}
 * or a piece of an {@link io.blockwise.job.exchange.wire.EncodedState} back. Knows neither of the
 * two sides. Messages are {@code byte[]}, because an executor's RPC cannot see an application's
 * classes.
 */
package io.blockwise.job.exchange.wire;
