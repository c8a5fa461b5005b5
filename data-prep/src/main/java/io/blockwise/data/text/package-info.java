/**
 * From a text to ids of tokens: the same in data-prep and wherever a model answers; and the vectors
 * that ids start from. Knows no Spark.
 *
 * <pre>
 *   text -> TextAnalysis (Lucene) -> tokens -> TextEncoder (Vocabulary) -> ids, cut to the greatest length
 * </pre>
 */
package io.blockwise.data.text;
