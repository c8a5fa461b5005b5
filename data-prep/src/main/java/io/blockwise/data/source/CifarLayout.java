package io.blockwise.data.source;

import io.blockwise.base.Names;
import io.blockwise.data.dataset.ImageShape;
import java.util.List;
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
      10,
      1,
      "cifar-10-batches-bin",
      "data_batch_.+\\.bin",
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
      100,
      2,
      "cifar-100-binary",
      "train\\.bin",
      List.of("train.bin"),
      "test.bin",
      "fine_label_names.txt");

  static final ImageShape SHAPE = new ImageShape(3, 32, 32);

  final int classes;
  final int labelBytes;

  /** That the official archive unpacks to. */
  final String folder;

  private final String trainFiles;
  private final List<String> neededTrainFiles;
  private final String testFile;
  private final String namesFile;

  CifarLayout(
      int classes,
      int labelBytes,
      String folder,
      String trainFiles,
      List<String> neededTrainFiles,
      String testFile,
      String namesFile) {
    this.classes = classes;
    this.labelBytes = labelBytes;
    this.folder = folder;
    this.trainFiles = trainFiles;
    this.neededTrainFiles = neededTrainFiles;
    this.testFile = testFile;
    this.namesFile = namesFile;
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

  boolean isTrainFile(String name) {
    return name.matches(trainFiles);
  }

  /** Names of the files without which the data set is not whole. */
  List<String> required() {
    return Stream.concat(neededTrainFiles.stream(), Stream.of(testFile, namesFile)).toList();
  }

  @Override
  public String toString() {
    return Names.of(this);
  }
}
