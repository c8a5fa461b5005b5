package io.blockwise.job.report.html;

import io.blockwise.base.Printable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A page of HTML that is well-formed XML as well and grows element by element. Texts may hold
 * anything. Used by one thread.
 */
final class Html {
  private static final String STYLE =
      """
      body { font: 15px/1.45 sans-serif; color: #222; background: #fff; margin: 0 auto;
        padding: 1em 1.5em; max-width: 1700px }
      h1 { font-size: 1.5em; margin: .3em 0 } h2 { font-size: 1.15em; margin: 1.6em 0 .4em }
      table { border-collapse: collapse; margin: .3em 0 }
      th, td { border-bottom: 1px solid #ddd; padding: .2em .9em .2em 0; text-align: left;
        vertical-align: top; overflow-wrap: anywhere }
      td { font-variant-numeric: tabular-nums }
      th { font-weight: 600; white-space: nowrap }
      .pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(600px, 100%), 1fr)) }
      svg { width: 100%; height: auto; max-width: 820px }
      .failed { color: #a33000; font-weight: 600 }
      """;

  private final StringBuilder page = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /** Begins a page that loads nothing and runs nothing. */
  Html(String title) {
    page.append("<!DOCTYPE html>\n");
    tag("html", "lang", "en", "xmlns", "http://www.w3.org/1999/xhtml");
    tag("head");
    page.append("<meta charset=\"utf-8\"/>\n");
    page.append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ");
    page.append("style-src 'unsafe-inline'\"/>\n");
    page.append("<meta name=\"viewport\" content=\"width=device-width\"/>\n");
    element("title", title);
    page.append("<style>").append(STYLE).append("</style>\n");
    end();
    tag("body");
  }

  /** Begins an element, to be ended. */
  Html tag(String name, String... attributes) {
    page.append('<').append(name);
    for (int i = 0; i < attributes.length; i += 2) {
      page.append(' ').append(attributes[i]).append("=\"");
      page.append(escaped(attributes[i + 1])).append('"');
    }
    page.append('>');
    open.push(name);
    return this;
  }

  /** Ends the innermost element. */
  Html end() {
    page.append("</").append(open.pop()).append(">\n");
    return this;
  }

  /** A whole element that holds a text. */
  Html element(String name, String text, String... attributes) {
    tag(name, attributes);
    page.append(escaped(text));
    return end();
  }

  /** A picture as an SVG document. */
  Html picture(String svg) {
    page.append(svg);
    return this;
  }

  /** A row of a table. */
  Html row(String cell, List<String> texts) {
    tag("tr");
    texts.forEach(text -> element(cell, text));
    return end();
  }

  /** A table with its titles. */
  Html table(List<String> titles, List<List<String>> rows) {
    tag("table").tag("thead").row("th", titles).end().tag("tbody");
    rows.forEach(row -> row("td", row));
    return end().end();
  }

  /** The whole page. Nothing can be added afterwards. */
  String finished() {
    while (!open.isEmpty()) {
      end();
    }
    return page.toString();
  }

  private static String escaped(String text) {
    return Printable.escaped(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
