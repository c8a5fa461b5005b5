/** What log lines say of where they come from: run, worker and block. */
package io.blockwise.job.log;
