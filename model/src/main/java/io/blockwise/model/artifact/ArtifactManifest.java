package io.blockwise.model.artifact;

import io.blockwise.base.FileNames;
import java.util.List;

/**
 * The files of a version: {@code manifest.json}. Immutable.
 *
 * @param formatVersion of the whole version directory
 */
record ArtifactManifest(int formatVersion, List<Entry> files) {
  ArtifactManifest {
    files = List.copyOf(files);
  }

  /**
   * One file.
   *
   * @param name inside the version's directory
   * @param sha256 in lower-case hexadecimal
   */
  record Entry(String name, long bytes, String sha256) {
    Entry {
      FileNames.require("name", name);
    }

    @Override
    public String toString() {
      return bytes + " bytes and SHA-256 " + sha256;
    }
  }
}
