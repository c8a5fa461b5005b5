package io.blockwise.job.config;

import io.blockwise.base.FileNames;

/**
 * The published model.
 *
 * @param name directory below {@code output/models}; the reader puts the configuration file's name
 *     in place of an empty one
 */
public record ModelSettings(String name) {
  public ModelSettings {
    FileNames.require("model.name", name);
  }
}
