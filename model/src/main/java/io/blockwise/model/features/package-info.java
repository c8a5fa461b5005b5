/**
 * How good the outputs of a block are as features, whatever it was trained by: {@link
 * io.blockwise.model.features.FeatureRows} of one block, and on them distances within and between
 * classes, a linear probe, and a picture in two dimensions; and what errors on random labels say,
 * {@link io.blockwise.model.features.Ratt}.
 */
package io.blockwise.model.features;
