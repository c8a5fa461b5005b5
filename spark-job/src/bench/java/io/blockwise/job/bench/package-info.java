/**
 * What JMH measures, each on one thread. One command runs all of it, or what a regular expression
 * names, with JMH's own options:
 *
 * <pre>
 *   mvn -q -Pbench -pl spark-job -am process-test-classes -Djmh=.
 *   mvn -q -Pbench -pl spark-job -am process-test-classes -Djmh="LedgerFold -p megabytes=10"
 * </pre>
 *
 * <p>{@code OMP_NUM_THREADS} and {@code OPENBLAS_NUM_THREADS} are 1 unless {@code -Dbench.threads}
 * says otherwise. What needs the exchange's own classes lies in its package.
 */
package io.blockwise.job.bench;
