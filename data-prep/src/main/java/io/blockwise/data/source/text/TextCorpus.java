package io.blockwise.data.source.text;

import io.blockwise.base.Names;
import io.blockwise.data.source.text.record.Escapes;
import io.blockwise.data.source.text.record.TableFormat;
import io.blockwise.data.source.text.record.TableFormat.Syntax;
import java.util.List;
import java.util.Map;

/** The published corpora that are tables, in the layout of their distributions. */
public enum TextCorpus {
  /** Class, title, description. */
  AG_NEWS(List.of("ag_news_csv"), csv(3, List.of(1, 2), Escapes.NEWS)),
  /** Class, title, content; the title, which names the thing, is left out. */
  DBPEDIA(List.of("dbpedia_csv"), csv(3, List.of(2), Escapes.LINE_BREAKS)),
  /** Class (two or five of them) and review. */
  YELP(
      List.of("yelp_review_full_csv", "yelp_review_polarity_csv"),
      csv(2, List.of(1), Escapes.LINE_BREAKS)),
  /** Sentence and class. */
  SST2(
      List.of("SST-2"),
      new TableFormat(Syntax.TSV, "sentence\tlabel", 2, 1, List.of(0), Escapes.NONE));

  private final List<String> folders;
  private final TableFormat format;

  TextCorpus(List<String> folders, TableFormat format) {
    this.folders = folders;
    this.format = format;
  }

  private static TableFormat csv(int columns, List<Integer> texts, Escapes escapes) {
    return new TableFormat(Syntax.CSV, "", columns, 0, texts, escapes);
  }

  /** Folders of the distributions, each of which holds the corpus. */
  List<String> folders() {
    return folders;
  }

  /** How a line holds a row. */
  TableFormat format() {
    return format;
  }

  /**
   * Keys and values that tell data sets of one way of reading it from those of another. Those of AG
   * News were once made without its entities' becoming characters.
   */
  public Map<String, String> keys() {
    return this == AG_NEWS ? Map.of("data.text.entities", "characters") : Map.of();
  }

  @Override
  public String toString() {
    return Names.of(this);
  }
}
