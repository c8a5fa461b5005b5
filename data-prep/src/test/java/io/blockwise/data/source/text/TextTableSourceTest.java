package io.blockwise.data.source.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.Preparing;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.options.Cleaning;
import io.blockwise.data.options.Tokenizer;
import io.blockwise.data.source.Piece;
import io.blockwise.data.source.RawPart;
import io.blockwise.data.source.RawRow;
import io.blockwise.data.source.RawRows;
import io.blockwise.data.source.Slice;
import io.blockwise.data.source.text.record.Columns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextTableSourceTest {
  private static final String ROWS = "label,text\na,one\nb,two\n";
  private static final String PAIRS = "1,one\n2,two\n";

  private final Storage storage = new Storage(new Configuration());

  @TempDir Path folder;

  @Test
  void splitsAreKnownByTheirNamesInLettersOfAnySize() throws Exception {
    write("Train.CSV", ROWS);
    write("TEST.csv", "label,text\nb,three\n");
    write("Val/x.tsv", "label\ttext\na\tfour\n");
    write("more.csv", ROWS);
    assertThat(rows(own()))
        .containsExactlyInAnyOrder(
            "train 0 one", "train 1 two", "test 1 three", "validation 0 four");
  }

  @Test
  void tablesThatAreNamedLikeNoSplitAreTrain() throws Exception {
    write("a.csv", ROWS);
    write("testimony.csv", "label,text\nb,three\n");
    write("training.csv", ROWS);
    write("train-00000-of-00002.csv", ROWS);
    write("empty.csv", "");
    assertThat(own().open().parts())
        .extracting(RawPart::name)
        .containsExactly("a.csv", "testimony.csv", "train-00000-of-00002.csv", "training.csv");
    assertThat(rows(own())).hasSize(7).allMatch(row -> row.startsWith("train "));
  }

  /** Rows of test would be learned. */
  @Test
  void tableThatIsNamedAfterAnotherSplitIsNeverTakenForTrain() throws IOException {
    write("test.csv", ROWS);
    assertRefused(own(), "Cannot read text in " + folder + ": it has test.csv, and none is");
    write("train.csv", "");
    assertRefused(own(), "it has test.csv, train.csv, and none is a table train with rows (name");
    Files.delete(folder.resolve("train.csv"));
    write("train.csv.gz", "x");
    assertRefused(own(), "it has test.csv, train.csv.gz, and none is a table train with rows");
    Files.delete(folder.resolve("test.csv"));
    for (String name : List.of("Test-00000-of-00001.csv", "dev.csv.bz2", "validation/a.csv")) {
      Path file = write(name, ROWS);
      write("a.csv", ROWS);
      Files.deleteIfExists(folder.resolve("train.csv.gz"));
      assertRefused(own(), "it has " + name.split("/", 2)[0] + ", and none is a table train");
      Files.delete(file);
    }
  }

  @Test
  void unreadableTableOfTrainIsNotReplacedByOthers() throws IOException {
    write("train.csv.gz", "x");
    write("a.csv", ROWS);
    assertRefused(own(), "it has train.csv.gz, and none is a table train with rows (name train's");
  }

  /** One that is carved out of train would stand in for it. */
  @Test
  void splitThatIsThereButHasNoRowsIsRefused() throws IOException {
    write("train.csv", ROWS);
    write("test.csv", "");
    String remedy = "add some, or, if it is of your own, remove it: rows of train are taken then";
    assertRefused(own(), "test.csv: test has no rows (" + remedy + ")");
    write("test.csv", "label,text\n");
    assertRefused(own(), "test.csv: test has no rows (" + remedy + ")");
    Files.delete(folder.resolve("test.csv"));
    write("dev/_SUCCESS", "");
    assertRefused(own(), "/dev: validation has no rows (add some, or");
    write("dev/part.csv", "");
    assertRefused(own(), "/dev: validation has no rows (add some, or");
    write("dev/part.csv", "label,text\n\n");
    assertRefused(own(), "/dev/part.csv: validation has no rows (add some, or");
    Files.delete(folder.resolve("dev/part.csv"));
    Files.delete(folder.resolve("dev/_SUCCESS"));
    Files.delete(folder.resolve("dev"));
    write("train.csv", "label,text\n");
    assertRefused(own(), "train.csv: train has no rows (add some)");
  }

  @Test
  void officialSplitOfACorpusWithoutRowsIsRefused() throws IOException {
    write("train.tsv", "sentence\tlabel\na\t1\nb\t0\n");
    write("dev.tsv", "sentence\tlabel\n");
    assertRefused(corpus(TextCorpus.SST2), "dev.tsv: test has no rows (add some, or");
    write("test.tsv", "a\t1\n");
    assertRefused(corpus(TextCorpus.SST2), "dev.tsv: validation has no rows (add some, or");
  }

  @Test
  void emptyPartOfASplitIsNoFault() throws Exception {
    write("train/a.csv", ROWS);
    write("train/b.csv", "");
    write("train/c.csv", "label,text\n");
    RawRows found = own().open();
    assertThat(found.parts())
        .extracting(RawPart::name)
        .containsExactly("train/a.csv", "train/c.csv");
    assertThat(rows(own())).hasSize(2);
  }

  @Test
  void rowWithoutALabelIsRefusedInEveryFormat() throws IOException {
    for (String label : List.of("", " ", "\u3000")) {
      write("train.csv", ROWS + label + ",three\n");
      assertRefused(own(), "train.csv: line 4 has no label (correct it: a row is one line");
      write("train.csv", ROWS);
      write("test.jsonl", "{\"label\":\"" + label + "\",\"text\":\"x\"}\n");
      assertRefused(own(), "test.jsonl: line 1 has no label (correct it: a row is one line");
      Files.delete(folder.resolve("test.jsonl"));
      write("test.tsv", "text\tlabel\nx\t" + label + "\n");
      assertRefused(own(), "test.tsv: line 2 has no label (correct it: a row is one line");
      Files.delete(folder.resolve("test.tsv"));
    }
  }

  @Test
  void labelThatIsATextIsRefused() throws IOException {
    write("train.csv", ROWS + "x".repeat(200) + ",c\n" + "y".repeat(201) + ",d\n");
    assertRefused(
        own(),
        "train.csv: line 5 has a label of 201 characters, more than 200, as if"
            + " data.text.label-column named another column (correct it");
  }

  @Test
  void labelsAreCountedOverAllFilesOfTrain() throws IOException {
    for (int file = 0; file < 2; file++) {
      int first = file * 6000;
      String rows =
          IntStream.range(first, first + 6000)
              .mapToObj(i -> "c" + i + ",x\n")
              .collect(Collectors.joining("", "label,text\n", ""));
      write("train/" + file + ".csv", rows);
    }
    assertRefused(
        own(),
        "train/1.csv: it has more than 10000 different labels (name the column of the labels:"
            + " data.text.label-column)");
  }

  @Test
  void veryManyColumnsAreToldInOneLine() throws IOException {
    write("train.csv", ROWS + ",".repeat(599) + "\n");
    assertRefused(own(), "train.csv: line 4 has 600 columns instead of 2 (correct it");
    write("train.csv", ROWS + "secret" + ",".repeat(70_000) + "\n");
    assertRefused(own(), "train.csv: line 4 has more than 65536 columns (correct it");
    write("train.csv", "x" + ",".repeat(70_000) + "\n" + ROWS);
    assertRefused(own(), "train.csv: line 1 has more than 65536 columns (correct it: it names");
    write("train.csv", "x".repeat(100_000) + ",text\n" + ROWS);
    assertRefused(own(), "its first line has columns xxx", "..., and none is label (set");
  }

  @Test
  void wideTablesAreRead() throws Exception {
    String more = ",x".repeat(998);
    write("train.csv", "label,text" + more + "\na,one" + more + "\nb,two" + more + "\n");
    assertThat(rows(own())).containsExactly("train 0 one", "train 1 two");
  }

  @Test
  void fileThatBeginsWithAnEmptyLineHasNoNames() throws IOException {
    write("train.csv", "\n" + ROWS);
    assertRefused(own(), "train.csv: its first line has columns ", "and none is label (set");
  }

  @Test
  void whatStandsBehindAnObjectOfJsonIsNotLost() throws IOException {
    String good = "{\"label\":1,\"text\":\"a\"}";
    for (String bad :
        List.of(good + good, good + " 7", good.replace("}", ",\"label\":2}"), good + " {}")) {
      write("train.jsonl", good + "\n" + bad + "\n");
      assertRefused(
          own(), "train.jsonl: line 2 has more than one object of JSON, or a field twice (correct");
    }
    write("train.jsonl", good + " x\n");
    assertRefused(own(), "train.jsonl: line 1 is no object of JSON (correct it");
  }

  @Test
  void lineOfNamesIsNoRowWhereColumnsAreNumbered() throws Exception {
    write("train/a.csv", PAIRS);
    write("train/b.csv", "class,body\n" + PAIRS);
    assertRefused(
        numbered(),
        folder
            + "/train/b.csv: line 1 has label class, and other rows of train have whole numbers (if"
            + " it names the columns, set data.text.label-column and text-column to");
    write("train/b.csv", "1,x\nclass,body\n" + PAIRS);
    assertThat(rows(numbered())).as("it is not the first").hasSize(6);
    write("train/b.csv", "ham,x\nspam,y\n");
    assertThat(rows(numbered())).as("others are words, too").hasSize(4);
  }

  @Test
  void namesOfClassesAreReadAsOtherTextsAre() throws Exception {
    write("train.csv", PAIRS);
    write("test.csv", PAIRS);
    write("classes.txt", "\uFEFFWorld\r\n\n Café \n");
    RawRows found = corpus(TextCorpus.YELP).open();
    assertThat(found.classes()).containsExactly("World", "Café");
    assertThat(found.parts())
        .extracting(RawPart::name)
        .containsExactly("train.csv", "test.csv", "classes.txt");
    Files.write(
        folder.resolve("classes.txt"), "A\nCaf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    assertRefused(corpus(TextCorpus.YELP), "classes.txt: it is not in UTF-8 (convert it to UTF-8");
    write("classes.txt", "One\n");
    assertRefused(corpus(TextCorpus.YELP), "classes.txt: it names one class only (a classifier");
    write("classes.txt", " \n");
    assertRefused(
        corpus(TextCorpus.YELP), "classes.txt: it names no class (a classifier needs two");
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private TextTableSource own() {
    return TextTableSource.of(
        storage, Preparing.hadoop(folder), new Columns("label", "text"), kind());
  }

  private TextTableSource numbered() {
    return TextTableSource.of(storage, Preparing.hadoop(folder), new Columns("1", "2"), kind());
  }

  private TextTableSource corpus(TextCorpus corpus) {
    return TextTableSource.of(storage, Preparing.hadoop(folder), corpus, kind());
  }

  private static TokensKind kind() {
    return new TokensKind(new Cleaning(Tokenizer.WHITESPACE, false, false, false), 0, 9);
  }

  private RawRows open(TextTableSource source) throws Exception {
    return source.open(pieces -> pieces.stream().map(this::census).toList());
  }

  private Piece.Census census(Piece piece) {
    try {
      return piece.census(storage);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Split, class and tokens of every row. */
  private List<String> rows(TextTableSource source) throws Exception {
    List<String> rows = new ArrayList<>();
    for (Slice slice : open(source).slices()) {
      try (Slice.Reader reader = slice.open(storage)) {
        for (int i = 0; i < slice.rows(); i++) {
          RawRow row = reader.next();
          String tokens = new String(row.values().read()[0], StandardCharsets.UTF_8);
          rows.add(row.split() + " " + row.label() + " " + tokens);
        }
      }
    }
    return rows;
  }

  private void assertRefused(TextTableSource source, String... parts) {
    assertThatThrownBy(() -> open(source))
        .isInstanceOf(UserException.class)
        .hasMessageContainingAll(parts)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(800));
  }
}
