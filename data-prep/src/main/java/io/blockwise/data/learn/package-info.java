/**
 * What only the rows of the training split tell, learned before any row is written: nothing of
 * validation and test gets into it. Each kind of data has its {@link
 * io.blockwise.data.learn.Learner}.
 */
package io.blockwise.data.learn;
