/**
 * Configuration: a HOCON file to one checked record.
 *
 * <pre>
 *   reference.conf  <-  conf/experiment.conf  <-  --set key=value
 *          '----------------------+----------------------'
 *                       SettingsReader: merge, resolve ${...}
 *                       KnownKeys: refuse what is not declared
 *                       Binder: sections to records, which hold the bounds
 *                                 |
 *                             Settings  ->  Rendering: text stored with the run
 * </pre>
 *
 * <p>{@code reference.conf} declares key, default and documentation; the records of {@link
 * io.blockwise.job.config.Settings} declare type and bounds. Component names are the keys in camel
 * case, nested records are sections. Whoever holds a {@code Settings} never asks for a key again.
 *
 * <p>Errors are {@link io.blockwise.base.UserException}s that name key, value, rule, file and line.
 * Nothing here loads Spark or a numerical library.
 */
package io.blockwise.job.config;
