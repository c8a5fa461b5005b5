/** DataFrames and tables of Spark's session as the raw files that a data set is made of. */
package io.blockwise.data.frame;
