package io.blockwise.job.svg;

/**
 * What is written around a picture. Immutable.
 *
 * @param x what the horizontal axis shows, with its unit; may be empty
 * @param y what the vertical axis shows, with its unit; may be empty
 */
public record Labels(String title, String x, String y) {}
