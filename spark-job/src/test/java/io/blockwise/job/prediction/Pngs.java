package io.blockwise.job.prediction;

import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.ImageValues;
import io.blockwise.data.dataset.Rows;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/** Rows of images as the files that they might come from. */
public final class Pngs {
  private Pngs() {}

  /** One file per row, without loss. */
  public static List<byte[]> of(Rows rows) throws IOException {
    ImageValues images = rows.field("pixels", ImageValues.class);
    List<byte[]> files = new ArrayList<>();
    for (int i = 0; i < rows.count(); i++) {
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      ImageIO.write(image(images, i), "png", file);
      files.add(file.toByteArray());
    }
    return files;
  }

  private static BufferedImage image(ImageValues images, int row) {
    ImageShape shape = images.shape();
    int plane = shape.height() * shape.width();
    BufferedImage image =
        new BufferedImage(shape.width(), shape.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < shape.height(); y++) {
      for (int x = 0; x < shape.width(); x++) {
        int at = row * shape.bytes() + y * shape.width() + x;
        int rgb = 0;
        for (int channel = 0; channel < shape.channels(); channel++) {
          rgb = rgb << 8 | images.pixels()[at + channel * plane] & 0xff;
        }
        image.setRGB(x, y, rgb);
      }
    }
    return image;
  }
}
