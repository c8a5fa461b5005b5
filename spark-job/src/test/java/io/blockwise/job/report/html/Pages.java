package io.blockwise.job.report.html;

import java.io.IOException;
import java.io.StringReader;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** Pages as a strict parser reads them. */
public final class Pages {
  private Pages() {}

  /** The page as a tree; fails if it is not well-formed. */
  public static Document parse(String page) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
      return factory.newDocumentBuilder().parse(new InputSource(new StringReader(page)));
    } catch (ParserConfigurationException | SAXException | IOException e) {
      throw new AssertionError("no well-formed page: " + e.getMessage(), e);
    }
  }

  /** The value beside a name in the tables of a page; empty if it has none. */
  public static String valueOf(Document page, String name) {
    NodeList rows = page.getElementsByTagName("tr");
    for (int i = 0; i < rows.getLength(); i++) {
      NodeList cells = rows.item(i).getChildNodes();
      String first = cells.item(0).getTextContent();
      if (first.equals(name)) {
        for (int k = 1; k < cells.getLength(); k++) {
          if (cells.item(k).getNodeName().matches("t[dh]")) {
            return cells.item(k).getTextContent();
          }
        }
      }
    }
    return "";
  }
}
