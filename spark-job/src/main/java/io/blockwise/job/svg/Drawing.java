package io.blockwise.job.svg;

import io.blockwise.base.Printable;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * An SVG document that grows element by element, later ones over earlier ones. Coordinates are
 * pixels from the upper left corner. Texts may hold anything. Used by one thread.
 */
final class Drawing {
  /** Where a text stands at its place. */
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  private static final String INK = "#222222";

  private final StringWriter text = new StringWriter();
  private final XMLStreamWriter xml;

  /** Begins a white sheet. */
  Drawing(int width, int height) {
    try {
      xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
      xml.writeStartElement("svg");
      xml.writeDefaultNamespace("http://www.w3.org/2000/svg");
      attributes("width", width, "height", height);
      attributes("viewBox", "0 0 " + width + " " + height);
      attributes("font-family", "sans-serif", "font-size", 12);
      element("rect", "width", width, "height", height, "fill", "#ffffff");
    } catch (XMLStreamException e) {
      throw impossible(e);
    }
  }

  void line(double x1, double y1, double x2, double y2, String colour) {
    element("line", "x1", x1, "y1", y1, "x2", x2, "y2", y2, "stroke", colour, "stroke-width", 1.0);
  }

  void curve(List<double[]> corners, String colour) {
    String points =
        corners.stream()
            .map(corner -> number(corner[0]) + "," + number(corner[1]))
            .collect(Collectors.joining(" "));
    element("polyline", "points", points, "fill", "none", "stroke", colour, "stroke-width", 2.0);
  }

  void disc(double x, double y, double radius, String colour) {
    element("circle", "cx", x, "cy", y, "r", radius, "fill", colour, "fill-opacity", 0.8);
  }

  /** From its upper left corner. */
  void box(double x, double y, double width, double height, String colour) {
    element("rect", "x", x, "y", y, "width", width, "height", height, "fill", colour);
  }

  void text(double x, double y, Anchor anchor, String content) {
    write(content, "x", x, "y", y, "text-anchor", anchor, "fill", INK);
  }

  /** White, about its place, on something dark. */
  void light(double x, double y, String content) {
    write(content, "x", x, "y", y, "text-anchor", Anchor.MIDDLE, "fill", "#ffffff");
  }

  /** Reads upwards. */
  void upwards(double x, double y, String content) {
    String turn = "rotate(-90 " + number(x) + " " + number(y) + ")";
    write(content, "x", x, "y", y, "transform", turn, "text-anchor", Anchor.MIDDLE, "fill", INK);
  }

  private void write(String content, Object... attributes) {
    try {
      xml.writeStartElement("text");
      attributes(attributes);
      xml.writeCharacters(Printable.escaped(content)); // XML has no form for control characters
      xml.writeEndElement();
    } catch (XMLStreamException e) {
      throw impossible(e);
    }
  }

  private void element(String name, Object... attributes) {
    try {
      xml.writeEmptyElement(name);
      attributes(attributes);
    } catch (XMLStreamException e) {
      throw impossible(e);
    }
  }

  private void attributes(Object... namesAndValues) throws XMLStreamException {
    for (int i = 0; i < namesAndValues.length; i += 2) {
      xml.writeAttribute((String) namesAndValues[i], value(namesAndValues[i + 1]));
    }
  }

  private static String value(Object value) {
    return value instanceof Double number
        ? number(number)
        : value instanceof Anchor anchor
            ? anchor.name().toLowerCase(Locale.ROOT)
            : value.toString();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /** The whole document. Nothing can be added afterwards. */
  String finished() {
    try {
      xml.writeEndElement();
      xml.close();
      return text + "\n";
    } catch (XMLStreamException e) {
      throw impossible(e);
    }
  }

  private static IllegalStateException impossible(XMLStreamException e) {
    return new IllegalStateException("cannot write into memory", e);
  }
}
