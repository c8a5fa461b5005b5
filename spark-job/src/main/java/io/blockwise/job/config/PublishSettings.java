package io.blockwise.job.config;

import io.blockwise.base.Named;

/**
 * What a run's model has to reach to become the published one. Immutable.
 *
 * @param condition as {@link PublishCondition} reads it; empty to publish every one
 */
public record PublishSettings(@Named("if") String condition) {
  public PublishSettings {
    var unused = PublishCondition.of(condition);
  }

  /** What is asked for. */
  public PublishCondition asked() {
    return PublishCondition.of(condition);
  }
}
