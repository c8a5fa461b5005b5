/**
 * Workers on executors and ledgers on the driver: the parameter exchange over the RPC of Spark's
 * plugins.
 *
 * <pre>
 *  executor                                          driver
 *
 *  BlockReplica                                      Spark's one RPC thread for all plugins
 *    | push, fetch, await                              |
 *  PluginExchange -- sender threads                  ExchangeRouter.receive: which run?
 *    |                                                 |
 *    |-- OPEN(attempt, block) ---------------------> ExchangeServer: newest attempt of the worker?
 *    |      &lt;- PENDING, later OK + state                | --&gt; LeaseListener: gets on, figures
 *    |                                                 v
 *    |-- PUSH(number, header, piece) x n ----------> BlockEndpoint: pieces as they came, bounded
 *    |      &lt;- OK: so much of it has arrived            | whole        ^
 *    |                                                 v              | newest encoded state,
 *    |         (trains on)                           LedgerThread     | verdict on the push
 *    |                                                 | assemble, BlockLedger.push, encode once
 *    |-- FETCH(number) ----------------------------> BlockEndpoint
 *    |      &lt;- OK: decided, verdict, version, n pieces  (or: not decided yet, no values)
 *    |-- VALUE(version, piece) x n ----------------> bytes as they were encoded
 *    |
 *    |-- CLOSE(attempt, block), FIGURES, RUN
 * </pre>
 *
 * <p>The receiving thread is shared by all executors and by all plugins of an application, and
 * Spark serialises the replies on it. So it parses a header, notes the message and returns bytes
 * that are there already; it never waits for a ledger, and never throws. The first byte of every
 * reply is a {@link io.blockwise.job.exchange.wire.Status}.
 *
 * <p>Delivery is at most once, and a question that timed out may have been acted on: so every
 * message may be repeated. A push is known by its number and continues where the driver says that
 * it has arrived; ledgers count it once.
 *
 * <p>This package is the driver's side, and the plugin that joins the two; the executor's is {@code
 * executor}, the bytes between them are described in {@code wire}. Start at {@link
 * io.blockwise.job.exchange.ExchangeServer} for the driver and at {@link
 * io.blockwise.job.exchange.executor.PluginExchange} for executors. The measurements behind the
 * choice of the carrier are in {@code docs/adr/0006-exchange-over-plugin-rpc.md}.
 */
package io.blockwise.job.exchange;
