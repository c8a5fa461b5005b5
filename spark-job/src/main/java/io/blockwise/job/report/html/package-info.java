/**
 * {@code report.html}: what a run's events say of it, as one page for people. {@link
 * io.blockwise.job.report.html.RunHistory} keeps of the events what is shown, in bounded memory;
 * {@link io.blockwise.job.report.html.ReportPage} lays it out; {@link
 * io.blockwise.job.report.html.ReportFile} keeps the page where the run is.
 */
package io.blockwise.job.report.html;
