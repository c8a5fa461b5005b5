package io.blockwise.job.config;

import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.base.Named;

/**
 * What a run's model has to reach to become the published one. Immutable.
 *
 * @param condition as {@link PublishCondition} reads it; empty to publish every one
 * @param keep newest versions that stay once another one is published; 0 for all
 */
public record PublishSettings(@Named("if") String condition, int keep) {
  public PublishSettings {
    requireAtLeast("publish.keep", keep, 0);
    var unused = PublishCondition.of(condition);
  }

  /** What is asked for. */
  public PublishCondition asked() {
    return PublishCondition.of(condition);
  }
}
