/**
 * Networks that change while they train: blocks that stop, blocks that join, and blocks that come
 * from a published model. {@link io.blockwise.job.training.growth.BlockSchedule} says before every
 * epoch which blocks train in it.
 */
package io.blockwise.job.training.growth;
