package io.blockwise.job.svg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class PicturesTest {
  private static final Labels LABELS = new Labels("a title", "time, s", "accuracy, %");

  @Test
  void whateverANameHoldsTheDocumentIsXmlAndShowsIt() throws Exception {
    String name = "<b> & \"q\" ]]> é\u0001\u001b";
    List<Series> series = List.of(new Series(name, List.of(new Point(0, 1))));
    Labels labels = new Labels(name, name, name);
    Bars.Group group = new Bars.Group(name, List.of(Optional.of(new Bars.Bar(1, 0))));
    for (String svg :
        List.of(
            Plot.ofLines(labels, series),
            Plot.ofPoints(labels, series),
            Bars.of(labels, List.of(name), List.of(group)))) {
      Document document = parsed(svg);
      assertThat(document.getDocumentElement().getNamespaceURI())
          .isEqualTo("http://www.w3.org/2000/svg");
      assertThat(texts(document)).contains("<b> & \"q\" ]]> é\\u0001\\u001b");
    }
  }

  @Test
  void boxesLieInTheirLanesFromTimeToTime() throws Exception {
    List<Lanes.Lane> lanes = List.of(new Lanes.Lane(4, "upper"), new Lanes.Lane(2, "lower"));
    List<Lanes.Kind> kinds = List.of(new Lanes.Kind(7, "busy"), new Lanes.Kind(3, "waiting"));
    List<Lanes.Box> drawn =
        List.of(
            new Lanes.Box(2, 0, 50, 7, "12"),
            new Lanes.Box(4, 50, 100, 3, ""),
            new Lanes.Box(4, 0, 0.1, 7, "too narrow for it"));
    Document document = parsed(Lanes.of(LABELS, lanes, kinds, drawn));
    assertThat(texts(document)).contains("upper", "lower", "busy", "waiting", "12", "100");
    assertThat(texts(document)).doesNotContain("too narrow for it");
    // behind the sheet, then lane by lane, before the legend
    List<Element> boxes = elements(document, "rect").subList(1, 4);
    assertThat(number(boxes.get(2), "x")).isEqualTo(Frame.LEFT);
    assertThat(number(boxes.get(2), "width")).isEqualTo((Frame.RIGHT - Frame.LEFT) / 2.0);
    assertThat(number(boxes.get(2), "y")).isGreaterThan(number(boxes.get(0), "y"));
    assertThat(boxes.get(2).getAttribute("fill"))
        .isEqualTo(boxes.get(1).getAttribute("fill"))
        .isNotEqualTo(boxes.get(0).getAttribute("fill"));
  }

  @Test
  void axesAreLabelledAndSeriesHaveColoursOfTheirOwn() throws Exception {
    Document document =
        parsed(
            Plot.ofLines(
                LABELS,
                List.of(
                    new Series("one", List.of(new Point(0, 0), new Point(10, 50, 5))),
                    new Series("two", List.of(new Point(5, 100))))));
    assertThat(texts(document))
        .contains("a title", "time, s", "accuracy, %", "one", "two", "0", "10", "100");
    List<Element> discs = elements(document, "circle");
    assertThat(discs).hasSize(3);
    assertThat(discs.get(0).getAttribute("fill"))
        .isEqualTo(discs.get(1).getAttribute("fill"))
        .isNotEqualTo(discs.get(2).getAttribute("fill"));
    // the highest value is where the axis ends, the lowest where it begins
    assertThat(number(discs.get(2), "cy")).isEqualTo(Frame.TOP);
    assertThat(number(discs.get(0), "cy")).isEqualTo(Frame.BOTTOM);
    assertThat(number(discs.get(0), "cx")).isEqualTo(Frame.LEFT);
    assertThat(number(discs.get(1), "cx")).isEqualTo(Frame.RIGHT);
  }

  @Test
  void barsStandOnZeroAndAreAsHighAsTheirValues() throws Exception {
    Document document =
        parsed(
            Bars.of(
                LABELS,
                List.of("block 1", "block 2"),
                List.of(
                    new Bars.Group(
                        "bp", List.of(Optional.empty(), Optional.of(new Bars.Bar(80, 2)))),
                    new Bars.Group(
                        "pred",
                        List.of(
                            Optional.of(new Bars.Bar(20, 0)), Optional.of(new Bars.Bar(40, 0)))))));
    List<Element> boxes = elements(document, "rect");
    List<Element> bars = boxes.subList(1, 4); // behind the sheet, before the legend
    assertThat(boxes).hasSize(6);
    assertThat(number(bars.get(0), "height")).isEqualTo(4 * number(bars.get(1), "height"));
    assertThat(number(bars.get(2), "height")).isEqualTo(2 * number(bars.get(1), "height"));
    assertThat(bars)
        .allSatisfy(
            bar -> assertThat(number(bar, "y") + number(bar, "height")).isEqualTo(Frame.BOTTOM));
    assertThat(texts(document)).contains("bp", "pred", "block 1", "block 2");
  }

  @Test
  void pictureOfNothingIsOneToo() throws Exception {
    assertThat(texts(parsed(Plot.ofLines(LABELS, List.of())))).contains("a title");
    assertThat(texts(parsed(Bars.of(LABELS, List.of(), List.of())))).contains("a title");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, '0.0 0.2 0.4 0.6 0.8 1.0'",
    "0, 73, '0 10 20 30 40 50 60 70 80'",
    "-3, 3, '-3 -2 -1 0 1 2 3'",
    "5, 5, '5.0 5.5 6.0 6.5 7.0 7.5'",
    "1e6, 2e6, '1000000 1200000 1400000 1600000 1800000 2000000'",
  })
  void marksAreRoundAndEncloseTheValues(double least, double most, String marks) {
    Scale scale = Scale.of(least, most, 0, 325);
    assertThat(String.join(" ", scale.values().stream().map(scale::text).toList()))
        .isEqualTo(marks);
    assertThat(scale.pixel(least)).isBetween(0.0, 325.0);
    assertThat(scale.pixel(most)).isBetween(0.0, 325.0);
  }

  @Test
  void pointThatIsNowhereIsRefused() {
    assertThatThrownBy(() -> new Point(1, Double.NaN))
        .hasMessage("Invalid point: 1.0, NaN ± 0.0 (must be finite numbers)");
  }

  private static Document parsed(String svg) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    return factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
  }

  private static List<String> texts(Document document) {
    return elements(document, "text").stream().map(Element::getTextContent).toList();
  }

  private static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }

  private static List<Element> elements(Document document, String name) {
    NodeList found = document.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    Stream.iterate(0, i -> i + 1)
        .limit(found.getLength())
        .forEach(i -> elements.add((Element) found.item(i)));
    return elements;
  }
}
