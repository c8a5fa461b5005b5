package io.blockwise.job.config;

/**
 * What the command {@code export} is asked for. Immutable.
 *
 * @param model directory of a model, of which the newest version is taken, or of one of its
 *     versions
 * @param output file that is not there yet
 * @param format of the file
 * @param exit {@code full}, or the number of the block whose exit answers, from 1
 */
public record ExportOptions(String model, String output, Format format, String exit) {
  /** Files that other programs read. */
  public enum Format {
    ONNX
  }
}
