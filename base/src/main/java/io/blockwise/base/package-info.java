/**
 * The ground that all modules stand on: checks of values and their one-line messages, names, seeded
 * numbers; {@code files} below. Knows no other module, no Spark, and only in {@code files} Hadoop.
 */
package io.blockwise.base;
