package io.blockwise.job.features;

import io.blockwise.model.features.Ratt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The figures of {@link Ratt} of all blocks as text and as JSON. Immutable.
 *
 * @param obstacle why there are none, if so
 * @param own rows of train with their own labels that were measured
 * @param random rows of train with random labels that were measured
 * @param last number of the last block
 * @param tested errors on test, block by block
 */
record RattReport(
    Optional<String> obstacle,
    int own,
    int random,
    int last,
    List<Ratt> blocks,
    List<Double> tested) {
  RattReport {
    blocks = List.copyOf(blocks);
    tested = List.copyOf(tested);
  }

  /** None, and why. */
  static RattReport none(String obstacle) {
    return new RattReport(Optional.of(obstacle), 0, 0, 0, List.of(), List.of());
  }

  /** Lines in Markdown: what the figures are and a row per block, or why there are none. */
  List<String> lines() {
    if (obstacle.isPresent()) {
      return List.of("No RATT: " + obstacle.get());
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "RATT: errors of the blocks' answers on "
            + own
            + " rows of train with their own labels and on "
            + random
            + " whose labels were drawn at random. Who has few of the former and many of the latter"
            + " has not learned labels by heart. The expected error follows from both; it is no bound,"
            + " for which the term is missing that depends on the number of rows.");
    lines.add("");
    lines.add("| block | own labels | random labels | expected error | error on test |");
    lines.add("| ---: | ---: | ---: | ---: | ---: |");
    for (int k = 0; k < blocks.size(); k++) {
      lines.add(row(k));
    }
    return lines;
  }

  private String row(int k) {
    return String.format(
        Locale.ROOT,
        "| %d | %.2f %% | %.2f %% | %.2f %% | %.2f %% |",
        number(k),
        100 * blocks.get(k).own(),
        100 * blocks.get(k).random(),
        100 * blocks.get(k).expected(),
        100 * tested.get(k));
  }

  /** A network that answers only once does so behind its last block. */
  private int number(int k) {
    return last - blocks.size() + k + 1;
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    if (obstacle.isPresent()) {
      json.put("none", obstacle.get());
      return json;
    }
    json.put("own_rows", own);
    json.put("random_rows", random);
    List<Map<String, Object>> all = new ArrayList<>();
    for (int k = 0; k < blocks.size(); k++) {
      Map<String, Object> block = new LinkedHashMap<>();
      block.put("block", number(k));
      block.put("own_error", blocks.get(k).own());
      block.put("random_error", blocks.get(k).random());
      block.put("expected_error", blocks.get(k).expected());
      block.put("test_error", tested.get(k));
      all.add(block);
    }
    json.put("blocks", all);
    return json;
  }
}
