package io.blockwise.data.source.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.Preparing;
import io.blockwise.data.RawFiles;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.source.BadFile;
import io.blockwise.data.source.RawPart;
import io.blockwise.data.source.RawRow;
import io.blockwise.data.source.RawRows;
import io.blockwise.data.source.Slice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TinyImageNetSourceTest {
  private final Storage storage = new Storage(new Configuration());

  @TempDir Path folder;
  private Path raw;

  @BeforeEach
  void makeFiles() throws IOException {
    raw = RawFiles.tinyImageNet(folder.resolve("tiny-imagenet-200"), 3, 5, 4);
  }

  @Test
  void imagesOfValAreTestWithTheLabelsOfTheirAnnotations() throws IOException {
    RawRows rows = open();
    assertThat(rows.classes()).containsExactly("cat n0", "cat n1", "cat n2");
    List<RawRow> all = rows(rows);
    assertThat(all).hasSize(27);
    assertThat(all.get(5).id().file()).isEqualTo("train/n1/images/n1_0.JPEG");
    assertThat(all.subList(0, 15)).extracting(RawRow::split).containsOnly(Split.TRAIN);
    for (RawRow row : all.subList(15, 27)) {
      int number = Integer.parseInt(row.id().file().replaceAll("\\D", ""));
      assertThat(row.split()).isEqualTo(Split.TEST);
      assertThat(row.label()).isEqualTo(number % 3);
    }
    assertThat(all.stream().map(RawRow::id).distinct()).hasSize(27);
  }

  @Test
  void greyImageHasThreeEqualPlanes() throws IOException {
    byte[] pixels = rows(open()).get(3).values().read()[0];
    assertThat(pixels).hasSize(3 * 64 * 64).containsOnly((byte) 30);
    assertThat(rows(open()).get(2).values().read()[0][0]).isNotEqualTo((byte) 0x62);
  }

  @Test
  void changedLabelsShowInTheChecksums() throws IOException {
    assertThat(open().parts())
        .extracting(RawPart::name)
        .containsExactly(
            "wnids.txt",
            "words.txt",
            "val_annotations.txt",
            "train/n0/images/",
            "train/n1/images/",
            "train/n2/images/",
            "val/images/");
  }

  @Test
  void classesThatShareTheirFirstWordAreToldApart() throws IOException {
    Files.writeString(raw.resolve("words.txt"), "n0\tcrane\nn1\tgull, bird\nn2\tcrane, machine\n");
    assertThat(open().classes()).containsExactly("crane (n0)", "gull", "crane (n2)");
  }

  @Test
  void annotationOfAnUnknownClassIsRefusedWithItsLine() throws IOException {
    Files.writeString(
        raw.resolve("val/val_annotations.txt"),
        "val_99.JPEG\tn7\t0\t0\t1\t1\n",
        StandardOpenOption.APPEND);
    assertRefused(
        "Cannot read "
            + raw.resolve("val/val_annotations.txt")
            + ": line 13 names class n7, which wnids.txt does not list (get the data set again)");
  }

  @Test
  void annotationsThatAreNoneAreRefused() throws IOException {
    Path file = raw.resolve("val/val_annotations.txt");
    Files.writeString(file, "val_0.JPEG n0\n");
    assertRefused("Cannot read " + file + ": line 1 holds no name and class with a tab between");
    Files.writeString(file, "val_0.JPEG\tn0\nval_0.JPEG\tn1\n");
    assertRefused("Cannot read " + file + ": line 2 names val_0.JPEG again");
  }

  @ParameterizedTest
  @ValueSource(strings = {"val/val_annotations.txt", "words.txt"})
  void missingFileIsRefusedByName(String name) throws IOException {
    Files.delete(raw.resolve(name));
    assertRefused("Cannot read tiny-imagenet in " + raw + ": " + name + " is missing (unpack all");
  }

  @Test
  void folderWithoutAnythingSaysWhatIsMissing() throws IOException {
    Files.delete(raw.resolve("wnids.txt"));
    assertThat(source().isPresent()).isFalse();
    assertRefused("Cannot read tiny-imagenet in " + folder + ": wnids.txt is missing");
  }

  @Test
  void classWithoutAFolderIsRefusedAndAFolderWithoutAClass() throws IOException {
    Files.move(raw.resolve("train/n2"), raw.resolve("train/n3"));
    assertRefused("it has a folder train/n3, which wnids.txt does not list");
    Files.move(raw.resolve("train/n3"), folder.resolve("n3"));
    assertRefused("train/n2/images is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../n3", "/etc", "n1/../n2", "file:n1", "n\u0000"})
  void classThatWouldLeadToAnotherFolderIsRefused(String id) throws IOException {
    Files.writeString(raw.resolve("wnids.txt"), "n0\n" + id + "\n");
    Files.writeString(raw.resolve("words.txt"), "n0\tone\n" + id + "\ttwo\n");
    assertRefused(
        "Cannot read "
            + raw.resolve("wnids.txt")
            + ": it lists "
            + Printable.of(id)
            + ", which is no class id such as n01443537 (get the data set again)");
  }

  @Test
  void classWithoutWordsOrTwiceIsRefused() throws IOException {
    Files.writeString(raw.resolve("words.txt"), "n0\tone\nn1\ttwo\n");
    assertRefused("Cannot read " + raw.resolve("words.txt") + ": it has no words for class n2");
    Files.writeString(raw.resolve("wnids.txt"), "n0\nn1\nn2\nn1\n");
    assertRefused("Cannot read " + raw.resolve("wnids.txt") + ": it lists class n1 twice");
  }

  @Test
  void annotatedImageThatIsNotThereIsBadAndOneWithoutAnnotationIsPassedOver() throws IOException {
    Files.move(raw.resolve("val/images/val_5.JPEG"), raw.resolve("val/images/other.JPEG"));
    RawRows rows = open();
    assertThat(rows.bad())
        .containsExactly(new BadFile("val/images/val_5.JPEG", "is annotated, but not there"));
    assertThat(rows.passedOver()).containsExactly(entry("without an annotation", 1));
    assertThat(rows(rows)).hasSize(26);
  }

  private TinyImageNetSource source() {
    return new TinyImageNetSource(storage, Preparing.hadoop(folder), 64);
  }

  private RawRows open() throws IOException {
    return source().open();
  }

  private List<RawRow> rows(RawRows raw) throws IOException {
    List<RawRow> rows = new ArrayList<>();
    for (Slice slice : raw.slices()) {
      try (Slice.Reader reader = slice.open(storage)) {
        for (int i = 0; i < slice.rows(); i++) {
          rows.add(reader.next());
        }
      }
    }
    return rows;
  }

  private void assertRefused(String message) {
    assertThatThrownBy(this::open).isInstanceOf(UserException.class).hasMessageContaining(message);
  }
}
