package io.blockwise.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.Preparing;
import io.blockwise.data.RawFiles;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.source.folder.ImageFolderSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceTest {
  private static final List<String> DIGITS =
      IntStream.range(0, 10).mapToObj(Integer::toString).toList();

  private final Storage storage = new Storage(new Configuration());

  @TempDir Path folder;

  @Test
  void truncatedCifarFileIsRefused() throws IOException {
    RawFiles.cifar10(folder, 100, 10);
    truncate("data_batch_1.bin", 5);
    assertRefused(
        () -> openCifar10(folder),
        "data_batch_1.bin: its 61455 bytes are no multiple of a record's 3073");
  }

  @Test
  void missingTestSplitIsRefused() throws IOException {
    RawFiles.cifar10(folder, 20, 10);
    Files.delete(folder.resolve("test_batch.bin"));
    assertRefused(
        () -> openCifar10(folder),
        "Cannot read cifar-10 in ",
        "test_batch.bin is missing or empty (put all files of the binary version there",
        "data.download = true");
  }

  @Test
  void missingPartOfCifar10IsRefusedByName() throws IOException {
    RawFiles.cifar10(folder, 100, 10);
    Files.delete(folder.resolve("data_batch_3.bin"));
    Files.write(folder.resolve("data_batch_5.bin"), new byte[0]);
    assertRefused(
        () -> openCifar10(folder),
        "Cannot read cifar-10 in ",
        ": data_batch_3.bin, data_batch_5.bin are missing or empty (put all files of the binary"
            + " version there, or name a folder that has none of them and set data.download = true)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"train.bin", "test.bin", "fine_label_names.txt"})
  void missingPartOfCifar100IsRefusedByName(String name) throws IOException {
    RawFiles.cifar100(folder, 200, 100);
    Files.delete(folder.resolve(name));
    assertRefused(
        () -> new CifarSource(storage, Preparing.hadoop(folder), CifarLayout.CIFAR_100).open(),
        "Cannot read cifar-100 in ",
        ": " + name + " is missing or empty");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte"
      })
  void missingPartOfMnistIsRefusedByName(String name) throws IOException {
    RawFiles.idx(folder, 20, 10, 5);
    Files.delete(folder.resolve(name));
    assertRefused(this::openIdx, ": " + name + " is missing, plain or as .gz (put ");
  }

  @Test
  void idxWithMorePixelsThanAnyImageIsRefused() throws IOException {
    RawFiles.idx(folder, 20, 10, 5);
    int most = Integer.MAX_VALUE;
    byte[] header =
        ByteBuffer.allocate(16).putInt(0x803).putInt(most).putInt(most).putInt(most).array();
    Files.write(folder.resolve("train-images-idx3-ubyte"), header);
    assertRefused(
        this::openIdx,
        "its header says [2147483647, 2147483647, 2147483647] values, but an image has at most 4096"
            + " rows and columns (get the file again)");
  }

  @Test
  void folderWithoutAnyFileSaysWhatIsMissing() {
    assertRefused(
        () -> openCifar10(folder.resolve("nowhere")),
        "data_batch_1.bin, data_batch_2.bin, ",
        "nowhere");
  }

  @Test
  void missingClassNameIsRefused() throws IOException {
    RawFiles.cifar10(folder, 20, 10);
    Files.writeString(folder.resolve("batches.meta.txt"), "cat\ndog\n");
    assertRefused(() -> openCifar10(folder), "it has 2 class names instead of 10");
  }

  @Test
  void cifarIsFoundFromTheFolderAbove() throws IOException {
    RawFiles.cifar10(folder.resolve("cifar-10-batches-bin"), 40, 10);
    RawRows raw = openCifar10(folder);
    assertThat(raw.parts())
        .extracting(RawPart::name)
        .containsExactly(
            "data_batch_1.bin",
            "data_batch_2.bin",
            "data_batch_3.bin",
            "data_batch_4.bin",
            "data_batch_5.bin",
            "test_batch.bin");
    assertThat(rows(raw)).hasSize(50);
  }

  @Test
  void longFilesAreCutIntoSlicesThatCoverEachRecordOnce() throws IOException {
    RawFiles.cifar10(folder, 50, 10);
    Files.write(folder.resolve("data_batch_1.bin"), RawFiles.cifarRecords(6000, 1, 10, 1));
    RawRows raw = openCifar10(folder);
    assertThat(raw.slices()).hasSize(3 + 4 + 1);
    byte[] file = Files.readAllBytes(folder.resolve("data_batch_1.bin"));
    List<RawRow> rows = rows(raw);
    for (int i : new int[] {0, 2728, 2729, 2730, 5999}) {
      assertThat(rows.get(i).id()).isEqualTo(new RawRow.Id("data_batch_1.bin", 0, i));
      assertThat(rows.get(i).label()).isEqualTo(file[i * 3073]);
      assertThat(rows.get(i).values().read()[0])
          .isEqualTo(Arrays.copyOfRange(file, i * 3073 + 1, (i + 1) * 3073));
    }
  }

  @Test
  void cifar100UsesTheFineLabel() throws IOException {
    RawFiles.cifar100(folder, 200, 100);
    RawRows raw = new CifarSource(storage, Preparing.hadoop(folder), CifarLayout.CIFAR_100).open();
    List<RawRow> rows = rows(raw);
    assertThat(rows).hasSize(300);
    assertThat(rows.get(117).label()).isEqualTo(17);
    assertThat(rows.get(250).split()).isEqualTo(Split.TEST);
    assertThat(raw.classes()).hasSize(100);
  }

  @Test
  void idxWithTheWrongMagicIsRefused() throws IOException {
    RawFiles.idx(folder, 20, 10, 5);
    Files.write(folder.resolve("t10k-images-idx3-ubyte"), RawFiles.idxLabels(10));
    assertRefused(
        this::openIdx,
        "t10k-images-idx3-ubyte: its magic number is 0x00000801 instead of 0x00000803");
  }

  @Test
  void idxWithMoreImagesThanLabelsIsRefused() throws IOException {
    RawFiles.idx(folder, 20, 10, 5);
    Files.write(folder.resolve("train-labels-idx1-ubyte"), RawFiles.idxLabels(19));
    assertRefused(this::openIdx, "it has 20 images, its label file 19 labels");
  }

  @Test
  void truncatedIdxIsRefused() throws IOException {
    RawFiles.idx(folder, 20, 10, 5);
    truncate("train-images-idx3-ubyte", 1);
    assertRefused(this::openIdx, "train-images-idx3-ubyte: it has 515 bytes instead of 516");
  }

  @Test
  void packedIdxThatEndsEarlyIsRefusedWhenRead() throws IOException {
    RawFiles.idx(folder, 20, 10, 5);
    truncate("train-images-idx3-ubyte", 30);
    RawFiles.gzip(folder.resolve("train-images-idx3-ubyte"));
    assertRefused(() -> rows(openIdx()), "train-images-idx3-ubyte.gz: it ends in item 18 of 20");
  }

  /** At every byte: within the header, the data, and gzip's own trailer. */
  @Test
  void packedIdxThatIsCutIsRefusedWhereverItIsCut() throws IOException {
    RawFiles.idx(folder, 20, 10, 5);
    Path labels = folder.resolve("train-labels-idx1-ubyte");
    byte[] packed = RawFiles.gzip(Files.readAllBytes(labels));
    Files.delete(labels);
    for (int length = 0; length < packed.length; length++) {
      Files.write(folder.resolve("train-labels-idx1-ubyte.gz"), Arrays.copyOf(packed, length));
      assertRefused(() -> rows(openIdx()), "train-labels-idx1-ubyte.gz: it ");
    }
    packed[packed.length - 6] ^= 1;
    Files.write(folder.resolve("train-labels-idx1-ubyte.gz"), packed);
    assertRefused(() -> rows(openIdx()), "it is no sound gzip file from item 19 on");
  }

  @Test
  void packedIdxThatGoesOnIsRefusedWhenRead() throws IOException {
    RawFiles.idx(folder, 20, 10, 5);
    Path images = folder.resolve("train-images-idx3-ubyte");
    byte[] bytes = Files.readAllBytes(images);
    Files.write(images, ByteBuffer.allocate(bytes.length + 1).put(bytes).array());
    RawFiles.gzip(images);
    assertRefused(() -> rows(openIdx()), "it goes on after its 20 items");
  }

  @Test
  void idxThatIsNoGzipIsRefused() throws IOException {
    RawFiles.idx(folder, 20, 10, 5);
    Files.move(
        folder.resolve("train-images-idx3-ubyte"), folder.resolve("train-images-idx3-ubyte.gz"));
    assertRefused(this::openIdx, "train-images-idx3-ubyte.gz: it is no gzip file");
  }

  @Test
  void idxLabelOutOfRangeIsRefused() throws IOException {
    RawFiles.idx(folder, 20, 10, 5);
    byte[] labels = RawFiles.idxLabels(20);
    labels[8 + 4] = 12;
    Files.write(folder.resolve("train-labels-idx1-ubyte"), labels);
    assertRefused(() -> rows(openIdx()), "train-labels-idx1-ubyte: item 4 is 12");
  }

  @Test
  void whatIsNoImageIsPassedOverAndCounted() throws IOException {
    RawFiles.images(folder.resolve("cat"), 2, 4, 4, 1);
    RawFiles.images(folder.resolve("dog"), 2, 4, 4, 1);
    for (String name :
        List.of(
            "dog/.DS_Store",
            "dog/._image-0.png",
            "cat/Thumbs.db",
            "cat/notes.TXT",
            "cat/more.txt",
            "cat/README",
            "labels.csv")) {
      Files.writeString(folder.resolve(name), "?");
    }
    RawFiles.images(folder.resolve("__MACOSX/cat"), 2, 4, 4, 1);
    RawFiles.images(folder.resolve("dog/@eaDir"), 2, 4, 4, 1);
    RawRows raw = openFolder();
    assertThat(rows(raw)).hasSize(4);
    assertThat(raw.classes()).containsExactly("cat", "dog");
    assertThat(raw.bad()).isEmpty();
    assertThat(raw.passedOver())
        .containsExactly(
            entry("beside the class folders", 1),
            entry("folder @eaDir", 1),
            entry("folder __MACOSX", 1),
            entry("hidden", 2),
            entry("of type .db", 1),
            entry("of type .txt", 2),
            entry("without a type", 1));
  }

  @Test
  void imageThatACameraNamedIsRead() throws IOException {
    RawFiles.images(folder.resolve("cat"), 1, 4, 4, 1);
    RawFiles.images(folder.resolve("dog"), 1, 4, 4, 1);
    Files.move(folder.resolve("dog/image-0.png"), folder.resolve("dog/_DSC1234.PNG"));
    assertThat(rows(openFolder()))
        .extracting(row -> row.id().file())
        .containsExactly("cat/image-0.png", "dog/_DSC1234.PNG");
  }

  @Test
  void imagesLieAtAnyDepthBelowTheirClass() throws IOException {
    for (String split : List.of("train", "val")) {
      RawFiles.images(folder.resolve(split).resolve("cat/2021/may"), 2, 4, 4, 1);
      RawFiles.images(folder.resolve(split).resolve("cat"), 1, 4, 4, 2);
      RawFiles.images(folder.resolve(split).resolve("dog/b"), 1, 4, 4, 3);
    }
    RawRows raw = openFolder();
    assertThat(raw.classes()).containsExactly("cat", "dog");
    assertThat(rows(raw))
        .extracting(row -> row.id().file())
        .containsExactly(
            "train/cat/2021/may/image-0.png",
            "train/cat/2021/may/image-1.png",
            "train/cat/image-0.png",
            "train/dog/b/image-0.png",
            "val/cat/2021/may/image-0.png",
            "val/cat/2021/may/image-1.png",
            "val/cat/image-0.png",
            "val/dog/b/image-0.png");
  }

  @Test
  void linkToAFolderAboveIsRefused() throws IOException {
    RawFiles.images(folder.resolve("cat"), 1, 4, 4, 1);
    RawFiles.images(folder.resolve("dog"), 1, 4, 4, 1);
    Files.createSymbolicLink(folder.resolve("dog/up"), folder.resolve("dog"));
    assertRefused(
        this::openFolder,
        "it lies more than 32 folders below its class (look for a link to a folder above)");
  }

  @Test
  void allBadImagesAreFoundAndNamed() throws IOException {
    RawFiles.images(folder.resolve("cat"), 2, 40, 40, 1);
    RawFiles.images(folder.resolve("dog"), 2, 4, 4, 1);
    byte[] whole = Files.readAllBytes(folder.resolve("cat/image-0.png"));
    Files.write(folder.resolve("cat/a.png"), Arrays.copyOf(whole, whole.length / 2));
    Files.writeString(folder.resolve("dog/b.jpg"), "text");
    Files.createFile(folder.resolve("dog/c.jpg"));
    Files.writeString(folder.resolve("dog/photo.webp"), "?");
    RawRows raw = openFolder();
    assertThat(raw.bad()).containsExactly(new BadFile("dog/photo.webp", "is neither JPEG nor PNG"));
    List<BadFile> found = new ArrayList<>();
    for (Slice slice : raw.slices()) {
      try (Slice.Reader reader = slice.open(storage)) {
        for (int i = 0; i < slice.rows(); i++) {
          addIfBad(reader.next(), found);
        }
      }
    }
    assertThat(found)
        .extracting(BadFile::toString)
        .containsExactly(
            "cat/a.png does not decode as JPEG or PNG",
            "dog/b.jpg is neither JPEG nor PNG",
            "dog/c.jpg is empty");
    assertThat(rows(raw.without(found))).hasSize(4);
    assertThat(raw.without(found).bad()).hasSize(4);
  }

  private static void addIfBad(RawRow row, List<BadFile> bad) throws IOException {
    try {
      row.values().read();
    } catch (BadFileException e) {
      bad.add(e.file());
    }
  }

  @Test
  void folderWithoutClassesIsRefused() throws IOException {
    RawFiles.images(folder, 2, 4, 4, 1);
    assertRefused(this::openFolder, "it has 0 class folders");
  }

  @Test
  void classMayBeCalledTrain() throws IOException {
    RawFiles.images(folder.resolve("bus"), 2, 4, 4, 1);
    RawFiles.images(folder.resolve("train"), 2, 4, 4, 1);
    assertThat(openFolder().classes()).containsExactly("bus", "train");
  }

  @Test
  void newImageDoesNotChangeTheNamesOfOthers() throws IOException {
    RawFiles.images(folder.resolve("cat"), 3, 4, 4, 1);
    RawFiles.images(folder.resolve("dog"), 1, 4, 4, 1);
    Files.delete(folder.resolve("cat/image-0.png"));
    assertThat(rows(openFolder()))
        .extracting(row -> row.id().file())
        .containsExactly("cat/image-1.png", "cat/image-2.png", "dog/image-0.png");
  }

  private RawRows openCifar10(Path path) throws IOException {
    return new CifarSource(storage, Preparing.hadoop(path), CifarLayout.CIFAR_10).open();
  }

  private RawRows openIdx() throws IOException {
    return new IdxSource(storage, Preparing.hadoop(folder), DIGITS).open();
  }

  private RawRows openFolder() throws IOException {
    return new ImageFolderSource(storage, Preparing.hadoop(folder), Optional.empty(), 4).open();
  }

  private List<RawRow> rows(RawRows raw) throws IOException {
    List<RawRow> rows = new ArrayList<>();
    for (Slice slice : raw.slices()) {
      try (Slice.Reader reader = slice.open(storage)) {
        for (int i = 0; i < slice.rows(); i++) {
          RawRow row = reader.next();
          byte[][] values = row.values().read();
          rows.add(new RawRow(row.id(), row.split(), row.label(), () -> values));
        }
      }
    }
    return rows;
  }

  private void truncate(String name, int bytes) throws IOException {
    Path file = folder.resolve(name);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - bytes));
  }

  private static void assertRefused(ThrowingCallable call, String... messageParts) {
    assertThatThrownBy(call)
        .isInstanceOf(UserException.class)
        .hasMessageContainingAll(messageParts);
  }
}
