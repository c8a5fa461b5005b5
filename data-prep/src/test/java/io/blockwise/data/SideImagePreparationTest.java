package io.blockwise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.ImageValues;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.options.SideOptions;
import io.blockwise.data.progress.Progress;
import io.blockwise.data.progress.Step;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SideImagePreparationTest {
  private static final int PER_CLASS = 12;
  private static final int SIDE = 8;

  private static SparkSession spark;

  @TempDir Path folder;
  private Path raw;
  private Path sides;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  /** Images of one colour each; the side image of every one is grey, half as bright. */
  @BeforeEach
  void makeImages() throws IOException {
    raw = folder.resolve("raw");
    sides = folder.resolve("depth");
    for (String name : List.of("cat/", "dog/deep/")) {
      for (int i = 0; i < PER_CLASS; i++) {
        int grey = 20 * i + (name.equals("cat/") ? 0 : 10);
        image(raw.resolve(name + i + ".png"), BufferedImage.TYPE_INT_RGB, grey);
        image(sides.resolve(name + i + ".PNG"), BufferedImage.TYPE_BYTE_GRAY, grey / 2);
      }
    }
  }

  @Test
  void sideImagesAreOfTheSameRowAndOfOneChannelIfTheyAreGrey() {
    Manifest manifest = prepare(new ArrayList<>());
    assertThat(manifest.formatVersion()).isEqualTo(4);
    assertThat(manifest.fields().keySet()).containsExactly("pixels", "images");
    ImageKind kind = (ImageKind) manifest.fields().get("images");
    assertThat(kind.shape()).isEqualTo(new ImageShape(1, SIDE, SIDE));
    assertThat(kind.mean()).hasSize(1);
    assertThat(manifest.options()).containsEntry("data.side.images", "set");
    assertThat(manifest.raw())
        .extracting("name")
        .containsExactly("cat/", "dog/", "images/cat/", "images/dog/");
    int rows = 0;
    for (Rows read : rows()) {
      ImageValues images = read.field("pixels", ImageValues.class);
      ImageValues depths = read.field("images", ImageValues.class);
      for (int row = 0; row < read.count(); row++, rows++) {
        int grey = images.pixels()[row * 3 * SIDE * SIDE] & 0xff;
        byte[] depth =
            Arrays.copyOfRange(depths.pixels(), row * SIDE * SIDE, (row + 1) * SIDE * SIDE);
        assertThat(depth).as("image of %d", grey).containsOnly((byte) (grey / 2));
      }
    }
    assertThat(rows).isEqualTo(2 * PER_CLASS);
    assertThat(prepare(new ArrayList<>())).as("the one that is there").isEqualTo(manifest);
  }

  @Test
  void sideImagesInColourHaveThreeChannels() throws IOException {
    for (String name : List.of("cat/", "dog/deep/")) {
      for (int i = 0; i < PER_CLASS; i++) {
        Files.delete(sides.resolve(name + i + ".PNG"));
        image(sides.resolve(name + i + ".png"), BufferedImage.TYPE_INT_RGB, 3 * i);
      }
    }
    ImageKind kind = (ImageKind) prepare(new ArrayList<>()).fields().get("images");
    assertThat(kind.shape()).isEqualTo(new ImageShape(3, SIDE, SIDE));
    image(sides.resolve("dog/deep/0.png"), BufferedImage.TYPE_BYTE_GRAY, 1);
    org.apache.hadoop.fs.FileSystem.getLocal(new Configuration())
        .delete(Preparing.hadoop(folder.resolve("data")), true);
    assertRefused(
        "dog/deep/0.png has a side image that is grey (1 channel), and the first has 3 channels");
  }

  @Test
  void imageWithoutASideImageIsRefused() throws IOException {
    Files.delete(sides.resolve("cat/3.PNG"));
    Files.delete(sides.resolve("dog/deep/0.PNG"));
    assertRefused(
        "2 of 24 images have no side image there, the first of them cat/3.png (add a JPEG or PNG of"
            + " the same name, or move those images away)");
  }

  @Test
  void sideImageWithoutAnImageIsIgnoredAndSaid() throws IOException {
    image(sides.resolve("cat/99.png"), BufferedImage.TYPE_BYTE_GRAY, 1);
    image(sides.resolve("cow/1.png"), BufferedImage.TYPE_BYTE_GRAY, 1);
    List<String> said = new ArrayList<>();
    prepare(said);
    assertThat(said).contains("Passed over: 2 side images without a main one");
  }

  @Test
  void sideImageOfOtherChannelsOrWithoutContentIsRefused() throws IOException {
    Files.delete(sides.resolve("cat/3.PNG"));
    image(sides.resolve("cat/3.png"), BufferedImage.TYPE_INT_RGB, 1);
    Files.write(sides.resolve("cat/4.PNG"), new byte[0]);
    assertRefused(
        "Cannot use 2 of 24 images in ",
        "cat/3.png has a side image that has colours (3 channels) in place of 1 channel",
        "cat/4.png has a side image that is empty");
  }

  @Test
  void imagesThatShareANameAreRefused() throws IOException {
    image(sides.resolve("cat/3.jpg"), BufferedImage.TYPE_BYTE_GRAY, 1);
    assertRefused("it has cat/3.PNG and cat/3.jpg, either for cat/3.png (keep one of them)");
    Files.delete(sides.resolve("cat/3.jpg"));
    image(raw.resolve("cat/3.jpg"), BufferedImage.TYPE_INT_RGB, 1);
    assertRefused("cat/3.PNG has the name of two images, one of them cat/3.png (give every image");
  }

  @Test
  void folderThatIsNotThereIsRefused() {
    sides = folder.resolve("nowhere");
    assertRefused("it is no folder (set data.side.images to a folder laid out as data.path)");
  }

  private static void image(Path file, int type, int grey) throws IOException {
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(SIDE, SIDE, type);
    int[] values = new int[SIDE * SIDE * image.getRaster().getNumBands()];
    Arrays.fill(values, grey);
    image.getRaster().setPixels(0, 0, SIDE, SIDE, values);
    String name = file.getFileName().toString();
    ImageIO.write(image, name.endsWith("jpg") ? "jpg" : "png", file.toFile());
  }

  private Manifest prepare(List<String> said) {
    PrepareOptions plain = Preparing.images(raw, folder.resolve("data"), 0);
    SideOptions side = new SideOptions(List.of(), List.of(), Optional.of(sides.toString()));
    return Preparation.prepare(spark, Preparing.with(side, plain), new Said(said));
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(() -> prepare(new ArrayList<>()))
        .isInstanceOf(UserException.class)
        .hasMessageContainingAll(parts)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  private List<Rows> rows() {
    Dataset dataset = Dataset.open(new Configuration(), Preparing.hadoop(folder.resolve("data")));
    List<Rows> all = new ArrayList<>();
    for (Split split : Split.values()) {
      for (Shard shard : dataset.manifest().split(split).shards()) {
        all.add(dataset.read(shard));
      }
    }
    return all;
  }

  private record Said(List<String> lines) implements Progress {
    @Override
    public void began(String what) {
      lines.add(what);
    }

    @Override
    public void advanced(Step step, long done) {}
  }
}
