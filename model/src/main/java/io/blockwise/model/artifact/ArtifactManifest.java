package io.blockwise.model.artifact;

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
      if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
        throw new IllegalArgumentException("Invalid name: " + name + " (must be a file name)");
      }
    }

    @Override
    public String toString() {
      return bytes + " bytes and SHA-256 " + sha256;
    }
  }
}
