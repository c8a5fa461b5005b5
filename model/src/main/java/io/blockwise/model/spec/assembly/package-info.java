/**
 * How a network is put together from what a configuration names: a {@link
 * io.blockwise.model.spec.assembly.Backbone} gives the layers of its blocks, and a {@link
 * io.blockwise.model.spec.assembly.Method} makes blocks of them, each with the loss that {@link
 * io.blockwise.model.spec.assembly.Losses} say, and an exit that may {@linkplain
 * io.blockwise.model.spec.assembly.LookAhead look ahead}. A specification does not know how it came
 * about.
 */
package io.blockwise.model.spec.assembly;
