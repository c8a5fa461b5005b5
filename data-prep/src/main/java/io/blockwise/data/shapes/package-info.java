/**
 * The generated data set: images of ten rendered shapes, written in CIFAR-10's binary layout so
 * that {@link io.blockwise.data.source.CifarSource} reads them like any other.
 */
package io.blockwise.data.shapes;
