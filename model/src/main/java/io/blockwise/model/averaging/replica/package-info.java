/**
 * The worker's side of averaging: {@link io.blockwise.model.averaging.replica.WorkerReplica} is one
 * worker's copies of all blocks, {@link io.blockwise.model.averaging.replica.BlockReplica} that of
 * one. {@code LocalValue} is its arithmetic, <em>x &lt;- g + (x - p)</em>; under rule {@code
 * elastic} {@code ElasticValue}, <em>x &lt;- x - d</em>.
 */
package io.blockwise.model.averaging.replica;
