/**
 * Tests on real servers, and the servers.
 *
 * <pre>
 *  HdfsCluster   name node and data nodes, threads of the test, on loopback
 *  S3Server      a process with a class path of its own, on loopback
 *  FaultProxy    stands before it: slow, failing, resetting, or cutting a client off
 * </pre>
 */
package io.blockwise.cluster;
