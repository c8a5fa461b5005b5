package io.blockwise.job.prediction;

import io.blockwise.base.InvalidValueException;
import io.blockwise.base.UserException;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A version of a model by where it lies. Immutable.
 *
 * @param directory {@code models/NAME}, on any Hadoop file system
 * @param version its id
 */
public record ModelPlace(String directory, String version) implements Serializable {
  private static final String VERSIONS = "versions";

  /**
   * Of a path.
   *
   * @param path {@code models/NAME/versions/ID}, or {@code models/NAME} for the published version
   * @throws UserException if none is published there
   */
  public static ModelPlace of(Configuration hadoop, String path) throws IOException {
    Path given = new Path(path);
    Path parent = given.getParent();
    if (parent != null && parent.getName().equals(VERSIONS)) {
      return new ModelPlace(parent.getParent().toString(), given.getName());
    }
    return new ModelPlace(given.toString(), new ModelStore(hadoop, given).requireLatest());
  }

  /**
   * Reads it, its checksums compared.
   *
   * @throws UserException if it is not complete or was altered
   */
  public ModelVersion read(Configuration hadoop) throws IOException {
    try {
      return new ModelStore(hadoop, new Path(directory)).read(version);
    } catch (InvalidValueException e) {
      throw new UserException(e.getMessage(), e); // no name of a version
    }
  }
}
