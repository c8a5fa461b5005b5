package io.blockwise.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.data.Preparing;
import io.blockwise.data.RawFiles;
import io.blockwise.data.check.DataException;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceTest {
  private static final List<String> DIGITS =
      IntStream.range(0, 10).mapToObj(Integer::toString).toList();

  private final Storage storage = new Storage(new Configuration());

  @TempDir Path folder;

  @Test
  void truncatedCifarFileIsRefused() throws IOException {
    RawFiles.cifar10(folder, 1, 20, 10);
    truncate("data_batch_1.bin", 5);
    assertRefused(
        () -> openCifar10(folder),
        "data_batch_1.bin: its 61455 bytes are no multiple of a record's 3073");
  }

  @Test
  void missingTestSplitIsRefused() throws IOException {
    RawFiles.cifar10(folder, 1, 20, 10);
    Files.delete(folder.resolve("test_batch.bin"));
    assertRefused(
        () -> openCifar10(folder),
        "Cannot read cifar-10 in ",
        "test_batch.bin is missing (put the binary version's files",
        "data.download = true");
  }

  @Test
  void folderWithoutAnyFileSaysWhatIsMissing() {
    assertRefused(
        () -> openCifar10(folder.resolve("nowhere")), "data_batch_*.bin is missing", "nowhere");
  }

  @Test
  void missingClassNameIsRefused() throws IOException {
    RawFiles.cifar10(folder, 1, 20, 10);
    Files.writeString(folder.resolve("batches.meta.txt"), "cat\ndog\n");
    assertRefused(() -> openCifar10(folder), "it has 2 class names instead of 10");
  }

  @Test
  void cifarIsFoundFromTheFolderAbove() throws IOException {
    RawFiles.cifar10(folder.resolve("cifar-10-batches-bin"), 2, 20, 10);
    RawImages raw = openCifar10(folder);
    assertThat(raw.parts())
        .extracting(RawPart::name)
        .containsExactly("data_batch_1.bin", "data_batch_2.bin", "test_batch.bin");
    assertThat(rows(raw)).hasSize(50);
  }

  @Test
  void longFilesAreCutIntoSlicesThatCoverEachRecordOnce() throws IOException {
    RawFiles.cifar10(folder, 1, 6000, 10);
    RawImages raw = openCifar10(folder);
    assertThat(raw.slices()).hasSize(4);
    byte[] file = Files.readAllBytes(folder.resolve("data_batch_1.bin"));
    List<RawRow> rows = rows(raw);
    for (int i : new int[] {0, 2728, 2729, 2730, 5999}) {
      assertThat(rows.get(i).id()).isEqualTo(new RowId("data_batch_1.bin", 0, i));
      assertThat(rows.get(i).label()).isEqualTo(file[i * 3073]);
      assertThat(rows.get(i).pixels().read())
          .isEqualTo(Arrays.copyOfRange(file, i * 3073 + 1, (i + 1) * 3073));
    }
  }

  @Test
  void cifar100UsesTheFineLabel() throws IOException {
    RawFiles.cifar100(folder, 200, 100);
    RawImages raw = CifarSource.open(storage, Preparing.hadoop(folder), CifarLayout.CIFAR_100);
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
  void fileThatIsNoImageIsRefused() throws IOException {
    RawFiles.images(folder.resolve("cat"), 2, 4, 4, 1);
    RawFiles.images(folder.resolve("dog"), 2, 4, 4, 1);
    Files.writeString(folder.resolve("dog/.DS_Store"), "hidden, so passed over");
    assertThat(rows(openFolder())).hasSize(4);
    Files.writeString(folder.resolve("dog/photo.webp"), "?");
    assertRefused(this::openFolder, "dog/photo.webp: it is neither a JPEG nor a PNG file");
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

  private RawImages openCifar10(Path path) throws IOException {
    return CifarSource.open(storage, Preparing.hadoop(path), CifarLayout.CIFAR_10);
  }

  private RawImages openIdx() throws IOException {
    return IdxSource.open(storage, Preparing.hadoop(folder), DIGITS);
  }

  private RawImages openFolder() throws IOException {
    return ImageFolderSource.open(storage, Preparing.hadoop(folder), 4);
  }

  private List<RawRow> rows(RawImages raw) throws IOException {
    List<RawRow> rows = new ArrayList<>();
    for (Slice slice : raw.slices()) {
      try (RowReader reader = slice.open(storage)) {
        for (int i = 0; i < slice.rows(); i++) {
          RawRow row = reader.next();
          byte[] pixels = row.pixels().read();
          rows.add(new RawRow(row.id(), row.split(), row.label(), () -> pixels));
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
        .isInstanceOf(DataException.class)
        .hasMessageContainingAll(messageParts);
  }
}
