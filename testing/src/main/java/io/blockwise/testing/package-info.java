/**
 * What the tests of all modules share.
 *
 * <p>{@link io.blockwise.testing.RandomSeed} gives random tests the seed of the test run, {@link
 * io.blockwise.testing.Background} is work whose waiting a test can see, {@link
 * io.blockwise.testing.RemoteFileSystems} are storage that behaves as HDFS and as object stores do,
 * {@link io.blockwise.testing.AllocatedBytes} shows what code makes room for. Modules have this one
 * in scope {@code test} only.
 */
package io.blockwise.testing;
