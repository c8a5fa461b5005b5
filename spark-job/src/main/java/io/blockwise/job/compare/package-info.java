/**
 * The command {@code compare}: several runs in one application, and what they reached and took.
 *
 * <pre>
 *   Comparison -- Prerequisites (data sets, refusals) --&gt; FinishedRuns: is it there already?
 *                                                          | no          | yes
 *                                                          v             v
 *                                        FreshProcess, Training.run --&gt; Result
 *                                                                        |
 *      Standings: a Row per configuration, mean and deviation of its seeds &lt;-'
 *          |
 *          v
 *      MarkdownTable, CsvTables, Pictures --&gt; output/comparisons/NAME
 * </pre>
 */
package io.blockwise.job.compare;
