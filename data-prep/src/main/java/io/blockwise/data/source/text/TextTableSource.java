package io.blockwise.data.source.text;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.FieldKind;
import io.blockwise.data.dataset.NumbersKind;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.options.Cleaning;
import io.blockwise.data.options.SideOptions;
import io.blockwise.data.source.Piece;
import io.blockwise.data.source.RawPart;
import io.blockwise.data.source.RawRows;
import io.blockwise.data.source.Slice;
import io.blockwise.data.source.Source;
import io.blockwise.data.source.Survey;
import io.blockwise.data.source.text.record.Columns;
import io.blockwise.data.source.text.record.TextFile;
import io.blockwise.data.source.text.record.TextPiece;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.fs.Path;

/** Tables with a label and a text, or numbers, in every row. */
public final class TextTableSource implements Source {
  private final TextFiles layout;
  private final List<TokensKind> texts;
  private final Columns columns;

  /**
   * @param texts one per column of texts
   */
  private TextTableSource(TextFiles layout, List<TokensKind> texts, Columns columns) {
    this.layout = layout;
    this.texts = texts;
    this.columns = columns;
  }

  /**
   * Of a published corpus in a folder, or in the official one below it.
   *
   * @param texts what becomes of a text, as far as that is known
   */
  public static TextTableSource of(
      Storage storage, Path path, TextCorpus corpus, TokensKind texts) {
    return new TextTableSource(
        new CorpusFiles(storage, path, corpus), List.of(texts), new Columns("label", "text"));
  }

  /**
   * Of the user's own tables.
   *
   * @param columns that are read; those of texts become fields of their own, those of numbers one,
   *     and what rows count one
   * @param texts what becomes of any text, as far as that is known
   */
  public static TextTableSource of(Storage storage, Path path, Columns columns, TokensKind texts) {
    List<TokensKind> all = Collections.nCopies(columns.texts().size(), texts);
    return new TextTableSource(new OwnFiles(storage, path, columns), all, columns);
  }

  /**
   * Of the user's own tables of numbers alone, which are the main field.
   *
   * @param columns that are read, with at least one of numbers
   */
  static TextTableSource ofNumbers(Storage storage, Path path, Columns columns) {
    return new TextTableSource(new OwnFiles(storage, path, columns), List.of(), columns);
  }

  @Override
  public boolean isPresent() throws IOException {
    return layout.isPresent();
  }

  @Override
  public RawRows open() throws IOException {
    return rows(layout.files(), layout.classes(), List.of());
  }

  @Override
  public RawRows open(Survey survey) throws IOException, ExecutionException, InterruptedException {
    List<TextFile> files = layout.files();
    List<TextPiece> pieces = files.stream().flatMap(file -> file.pieces().stream()).toList();
    List<Piece.Census> found = survey.of(pieces);
    requireRows(files, pieces, found);
    List<String> names = layout.classes();
    Labels labels = names.isEmpty() ? ofTrain(pieces, found) : Labels.numbered(names);
    List<Cleaning> cleanings = texts.stream().map(TokensKind::cleaning).toList();
    List<Slice> slices = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      if (found.get(i).rows() > 0) {
        int rows = found.get(i).rows();
        slices.add(new TextSlice(pieces.get(i), rows, labels, cleanings, columns));
      }
    }
    return rows(files, labels.names(), slices);
  }

  /** A split that is there is not to be replaced by rows of train because nothing is in it. */
  private static void requireRows(
      List<TextFile> files, List<TextPiece> pieces, List<Piece.Census> found) {
    Set<Split> filled = EnumSet.noneOf(Split.class);
    for (int i = 0; i < pieces.size(); i++) {
      if (found.get(i).rows() > 0) {
        filled.add(pieces.get(i).file().split());
      }
    }
    for (TextFile file : files) {
      if (!filled.contains(file.split())) {
        throw TextFiles.withoutRows(file.path(), file.split());
      }
    }
  }

  private Labels ofTrain(List<TextPiece> pieces, List<Piece.Census> found) throws IOException {
    Set<String> labels = new TreeSet<>();
    for (int i = 0; i < pieces.size(); i++) {
      TextFile file = pieces.get(i).file();
      if (file.split() == Split.TRAIN) {
        labels.addAll(found.get(i).labels());
        TextPiece.requireFew(file, labels);
      }
    }
    layout.check(labels);
    if (labels.size() < 2) {
      throw UserException.cannot(
          "read " + pieces.get(0).file().path(),
          "every row of train has label " + labels,
          "a classifier needs two classes: look at the column of the labels");
    }
    return Labels.of(labels);
  }

  private RawRows rows(List<TextFile> files, List<String> classes, List<Slice> slices)
      throws IOException {
    List<RawPart> parts = new ArrayList<>(files.stream().map(TextFile::part).toList());
    parts.addAll(layout.beside());
    return new RawRows(schema(), classes, parts, slices, new TreeMap<>(), List.of());
  }

  private RowSchema schema() {
    return columns.isWeighted() ? inputs().weighted() : inputs();
  }

  private RowSchema inputs() {
    List<String> names = columns.numbers().stream().map(SideOptions::field).toList();
    if (columns.areOfNumbers()) {
      return RowSchema.of(new NumbersKind(names, columns.gaps()));
    }
    Map<String, FieldKind> sides = new LinkedHashMap<>();
    for (int i = 1; i < texts.size(); i++) {
      sides.put(SideOptions.field(columns.texts().get(i)), texts.get(i));
    }
    if (!names.isEmpty()) {
      sides.put(SideOptions.NUMBERS, new NumbersKind(names, columns.gaps()));
    }
    return RowSchema.of(texts.get(0)).with(sides);
  }
}
