/**
 * HOCON to records: nothing here knows a key but {@code workers}, which may be a number, and {@code
 * compare.runs}, whose names must not be repeated.
 *
 * <pre>
 *   reference.conf  <-  conf/experiment.conf  <-  --set key=value
 *          '----------------------+----------------------'
 *                       HoconReader: merge, resolve ${...}
 *                       KnownKeys: refuse what is not declared
 *                       Binder: sections to records, which hold the bounds
 *                                 |
 *                              a record  ->  Sources, Rendering: text stored with the run
 * </pre>
 *
 * <p>Component names are the keys in camel case, nested records are sections. Errors are {@link
 * io.blockwise.base.UserException}s that name key, value, rule, file and line.
 */
package io.blockwise.job.config.hocon;
