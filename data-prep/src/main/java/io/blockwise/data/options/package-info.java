/**
 * What of a data set's options configurations have as well. Knows neither Spark nor Hadoop nor the
 * rest of data-prep, so that the launcher's small JVM can check a configuration.
 */
package io.blockwise.data.options;
