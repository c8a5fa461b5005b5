package io.blockwise.data.source.folder;

import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.source.image.BadImageException;
import io.blockwise.data.source.image.ImageDecoder;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.fs.Path;

/**
 * The side images of the images in a folder. Immutable.
 *
 * @param folder where they lie
 * @param names of the side images, relative to the folder, by those of the images
 * @param shape of every side image in the data set
 */
record SideFolder(Path folder, Map<String, String> names, ImageShape shape)
    implements Serializable {
  SideFolder {
    names = Map.copyOf(names);
  }

  /** The same of some of the images. */
  SideFolder of(Collection<String> images) {
    Map<String, String> some = new HashMap<>(names);
    some.keySet().retainAll(images);
    return new SideFolder(folder, some, shape);
  }

  /**
   * Pixels of the side image of an image.
   *
   * @throws BadImageException if it is no whole image, or has other channels
   */
  byte[] pixels(Storage storage, String image) throws IOException {
    try {
      return ImageDecoder.decodeAsIs(bytes(storage, names.get(image)), shape);
    } catch (BadImageException e) {
      throw new BadImageException("has a side image that " + e.getMessage(), e);
    }
  }

  private byte[] bytes(Storage storage, String name) throws IOException {
    return ImageFolderSlice.file(storage, new Path(folder, name));
  }
}
