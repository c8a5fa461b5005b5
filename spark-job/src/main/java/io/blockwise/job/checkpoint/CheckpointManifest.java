package io.blockwise.job.checkpoint;

import java.util.List;

/**
 * {@code manifest.json} of a checkpoint: what belongs to it. Written last. Immutable.
 *
 * @param formatVersion of the files
 * @param number of the checkpoint in its run, from 1
 * @param written time (ISO 8601)
 * @param blockwise version of the program
 * @param dataset fingerprint of the data set that the run trains on
 * @param epoch that was being trained, from 1
 * @param fraction of the run's training that was done, 0..1
 * @param files the driver's first, then the workers'
 */
record CheckpointManifest(
    int formatVersion,
    long number,
    String written,
    String blockwise,
    String dataset,
    int epoch,
    double fraction,
    List<SavedFile> files) {
  CheckpointManifest {
    files = List.copyOf(files);
    if (files.isEmpty()) {
      throw new IllegalArgumentException("It lists no file");
    }
  }
}
