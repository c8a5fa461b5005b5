/**
 * The executor's side of the exchange: {@link io.blockwise.job.exchange.executor.PluginExchange} is
 * what a worker sees of the ledgers. It sends pushes as {@code PushRequest}s and reads values as
 * {@code StateRequest}s; the {@code RequestSender} repeats both until they have what they want.
 */
package io.blockwise.job.exchange.executor;
