package io.blockwise.job.svg;

import java.util.List;

/**
 * Colours that stand out from white and from each other, for colour-blind eyes, too: those of M.
 * Okabe and K. Ito, "Color Universal Design" (2008), with yellow and its neighbours darkened.
 */
final class Palette {
  private static final List<String> COLOURS =
      List.of(
          "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#b8860b", "#333333", "#8b1a1a",
          "#6a3d9a", "#7f7f7f", "#1b9e77", "#e7298a", "#66a61e", "#a6761d", "#1f3a93", "#e31a1c",
          "#00868b", "#9370db", "#556b2f", "#ff8c69");

  private Palette() {}

  /** Of the series with that number, from 0; they repeat after twenty. */
  static String colour(int series) {
    return COLOURS.get(series % COLOURS.size());
  }
}
