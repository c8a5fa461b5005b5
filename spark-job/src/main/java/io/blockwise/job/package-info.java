/** The Spark job: command line, driver, workers and feed. Binds data preparation and model. */
package io.blockwise.job;
