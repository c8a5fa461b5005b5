/** What the command {@code compare} is told: several runs in one configuration. */
package io.blockwise.job.config.comparison;
