package io.blockwise.data.source;

import io.blockwise.data.dataset.ImageShape;
import java.io.Serializable;
import java.util.List;

/**
 * A raw data set as found on storage. Immutable.
 *
 * @param shape of every image once read
 * @param classes names; a label is an index into them
 * @param flippable whether a mirrored image still shows its class
 * @param parts for the checksums
 * @param slices all rows, each once
 */
public record RawImages(
    ImageShape shape,
    List<String> classes,
    boolean flippable,
    List<RawPart> parts,
    List<Slice> slices)
    implements Serializable {
  public RawImages {
    classes = List.copyOf(classes);
    parts = List.copyOf(parts);
    slices = List.copyOf(slices);
  }
}
