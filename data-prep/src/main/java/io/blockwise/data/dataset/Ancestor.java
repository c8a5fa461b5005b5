package io.blockwise.data.dataset;

/**
 * A data set that rows were appended to. Immutable.
 *
 * @param name of its directory
 * @param sha256 of its manifest, which tells it from every other
 */
public record Ancestor(String name, String sha256) {}
