/**
 * Pictures as SVG: curves, points and bars with labelled axes, dark on white, without scripts or
 * fonts of their own.
 */
package io.blockwise.job.svg;
