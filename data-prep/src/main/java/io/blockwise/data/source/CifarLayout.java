package io.blockwise.data.source;

import io.blockwise.data.dataset.ImageShape;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The two binary layouts of CIFAR: records of label bytes and 3072 pixel bytes (planes red, green,
 * blue; 32 rows of 32).
 */
public enum CifarLayout {
  /**
   * One label byte; {@code data_batch_1.bin} to {@code data_batch_5.bin}, perhaps more, and {@code
   * test_batch.bin}.
   */
  CIFAR_10(
      "cifar-10",
      10,
      1,
      "cifar-10-batches-bin",
      "data_batch_*.bin",
      List.of(
          "data_batch_1.bin",
          "data_batch_2.bin",
          "data_batch_3.bin",
          "data_batch_4.bin",
          "data_batch_5.bin"),
      "test_batch.bin",
      "batches.meta.txt"),
  /** A coarse label byte, which is skipped, and a fine one. */
  CIFAR_100(
      "cifar-100",
      100,
      2,
      "cifar-100-binary",
      "train.bin",
      List.of("train.bin"),
      "test.bin",
      "fine_label_names.txt");

  static final ImageShape SHAPE = new ImageShape(3, 32, 32);

  private final String kind;
  private final int classes;
  private final int labelBytes;
  private final String folder;
  private final String trainFiles;
  private final List<String> neededTrainFiles;
  private final String testFile;
  private final String namesFile;

  CifarLayout(
      String kind,
      int classes,
      int labelBytes,
      String folder,
      String trainFiles,
      List<String> neededTrainFiles,
      String testFile,
      String namesFile) {
    this.kind = kind;
    this.classes = classes;
    this.labelBytes = labelBytes;
    this.folder = folder;
    this.trainFiles = trainFiles;
    this.neededTrainFiles = neededTrainFiles;
    this.testFile = testFile;
    this.namesFile = namesFile;
  }

  /** Number of classes. */
  public int classes() {
    return classes;
  }

  /** Name of the folder that the official archive unpacks to. */
  public String folder() {
    return folder;
  }

  /** Name of the file with the class names, one per line. */
  public String namesFile() {
    return namesFile;
  }

  /** Name of the test file. */
  public String testFile() {
    return testFile;
  }

  /** Bytes per record. */
  public int recordBytes() {
    return labelBytes + SHAPE.bytes();
  }

  String kind() {
    return kind;
  }

  int labelBytes() {
    return labelBytes;
  }

  boolean isTrainFile(String name) {
    return Pattern.matches(trainFiles.replace(".", "\\.").replace("*", ".+"), name);
  }

  /** Names of the files without which the data set is not whole. */
  List<String> required() {
    return Stream.concat(neededTrainFiles.stream(), Stream.of(testFile, namesFile)).toList();
  }
}
