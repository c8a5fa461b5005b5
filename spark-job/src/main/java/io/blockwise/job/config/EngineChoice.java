package io.blockwise.job.config;

import io.blockwise.model.spec.Precision;
import java.io.Serializable;

/** A numerical library and how exactly it computes. Immutable. */
public record EngineChoice(EngineName name, Precision precision) implements Serializable {}
