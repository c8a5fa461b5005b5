package io.blockwise.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;

/** Small raw files in the official layouts, with pixels from a seed. */
public final class RawFiles {
  private static final int CIFAR_PIXELS = 3072;
  private static final int CIFAR_FILES = 5;

  private RawFiles() {}

  /**
   * A CIFAR-10 folder with its five files of train; labels go round, so with a multiple of 10 all
   * classes are equally frequent.
   */
  public static Path cifar10(Path folder, int rows, int testRows) throws IOException {
    Files.createDirectories(folder);
    byte[] all = cifarRecords(rows, 1, 10, 1);
    int record = all.length / rows;
    for (int i = 0; i < CIFAR_FILES; i++) {
      int first = rows * i / CIFAR_FILES;
      int end = rows * (i + 1) / CIFAR_FILES;
      Files.write(
          folder.resolve("data_batch_" + (i + 1) + ".bin"),
          Arrays.copyOfRange(all, first * record, end * record));
    }
    Files.write(folder.resolve("test_batch.bin"), cifarRecords(testRows, 1, 10, 99));
    Files.writeString(folder.resolve("batches.meta.txt"), names(10) + "\n\n");
    return folder;
  }

  /** A CIFAR-100 folder. */
  public static Path cifar100(Path folder, int rows, int testRows) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("train.bin"), cifarRecords(rows, 2, 100, 1));
    Files.write(folder.resolve("test.bin"), cifarRecords(testRows, 2, 100, 2));
    Files.writeString(folder.resolve("fine_label_names.txt"), names(100));
    return folder;
  }

  /** Records with the (last) label in the byte before the pixels. */
  public static byte[] cifarRecords(int rows, int labelBytes, int classes, long seed) {
    byte[] records = new byte[rows * (labelBytes + CIFAR_PIXELS)];
    new Random(seed).nextBytes(records);
    for (int row = 0; row < rows; row++) {
      records[row * (labelBytes + CIFAR_PIXELS) + labelBytes - 1] = (byte) (row % classes);
    }
    return records;
  }

  /** The four idx files of 10 classes, plain. */
  public static Path idx(Path folder, int rows, int testRows, int side) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("train-images-idx3-ubyte"), idxImages(rows, side, 1));
    Files.write(folder.resolve("train-labels-idx1-ubyte"), idxLabels(rows));
    Files.write(folder.resolve("t10k-images-idx3-ubyte"), idxImages(testRows, side, 2));
    Files.write(folder.resolve("t10k-labels-idx1-ubyte"), idxLabels(testRows));
    return folder;
  }

  public static byte[] idxImages(int rows, int side, long seed) {
    byte[] pixels = new byte[rows * side * side];
    new Random(seed).nextBytes(pixels);
    return ByteBuffer.allocate(16 + pixels.length)
        .putInt(0x803)
        .putInt(rows)
        .putInt(side)
        .putInt(side)
        .put(pixels)
        .array();
  }

  public static byte[] idxLabels(int rows) {
    ByteBuffer labels = ByteBuffer.allocate(8 + rows).putInt(0x801).putInt(rows);
    IntStream.range(0, rows).forEach(row -> labels.put((byte) (row % 10)));
    return labels.array();
  }

  /** Replaces a file by its {@code .gz}. */
  public static void gzip(Path file) throws IOException {
    Files.write(file.resolveSibling(file.getFileName() + ".gz"), gzip(Files.readAllBytes(file)));
    Files.delete(file);
  }

  public static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  /** PNG files of random pixels. */
  public static void images(Path folder, int count, int width, int height, long seed)
      throws IOException {
    Files.createDirectories(folder);
    Random random = new Random(seed);
    for (int i = 0; i < count; i++) {
      BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
      for (int pixel = 0; pixel < width * height; pixel++) {
        image.setRGB(pixel % width, pixel / width, random.nextInt());
      }
      ImageIO.write(image, "png", folder.resolve("image-" + i + ".png").toFile());
    }
  }

  /**
   * TinyImageNet's layout with classes {@code n0}, {@code n1} and so on, images of 64x64, each of
   * one colour; every fourth is grey.
   */
  public static Path tinyImageNet(Path folder, int classes, int perClass, int testPerClass)
      throws IOException {
    List<String> ids = IntStream.range(0, classes).mapToObj(i -> "n" + i).toList();
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("wnids.txt"), String.join("\n", ids) + "\n");
    Files.writeString(
        folder.resolve("words.txt"),
        "n999\tnothing here\n"
            + ids.stream()
                .map(id -> id + "\tcat " + id + ", beast\n")
                .collect(Collectors.joining()));
    StringBuilder annotations = new StringBuilder();
    for (int label = 0; label < classes; label++) {
      Path train = folder.resolve("train/n" + label + "/images");
      Files.createDirectories(train);
      Files.writeString(train.resolveSibling("n" + label + "_boxes.txt"), "");
      for (int i = 0; i < perClass; i++) {
        jpeg(train.resolve("n" + label + "_" + i + ".JPEG"), i);
      }
      for (int i = 0; i < testPerClass; i++) {
        String name = "val_" + (i * classes + label) + ".JPEG";
        jpeg(folder.resolve("val/images").resolve(name), i);
        annotations.append(name).append("\tn").append(label).append("\t0\t0\t63\t63\n");
      }
    }
    Files.writeString(folder.resolve("val/val_annotations.txt"), annotations.toString());
    return folder;
  }

  private static void jpeg(Path file, int number) throws IOException {
    Files.createDirectories(file.getParent());
    int type = number % 4 == 3 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB;
    BufferedImage image = new BufferedImage(64, 64, type);
    byte[] grey = {(byte) (10 * number)};
    for (int pixel = 0; pixel < 64 * 64; pixel++) {
      if (number % 4 == 3) {
        image.getRaster().setDataElements(pixel % 64, pixel / 64, grey);
      } else {
        image.setRGB(pixel % 64, pixel / 64, 0x204060 + 0x010101 * number);
      }
    }
    ImageIO.write(image, "jpeg", file.toFile());
  }

  private static String names(int classes) {
    return IntStream.range(0, classes).mapToObj(i -> "class" + i).collect(Collectors.joining("\n"));
  }
}
