/**
 * An epoch's shards on their way through leases: {@link
 * io.blockwise.job.training.dealing.EpochTraining} deals them to workers until each was trained by
 * somebody who lived to report it.
 */
package io.blockwise.job.training.dealing;
