package io.blockwise.model.artifact;

/** A model that cannot be written or read as it is; the message is one line for the user. */
public final class ArtifactException extends RuntimeException {
  ArtifactException(String message) {
    super(message);
  }

  ArtifactException(String message, Throwable cause) {
    super(message, cause);
  }
}
