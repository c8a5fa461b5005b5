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
          "#6a3d9a", "#7f7f7f");

  private Palette() {}

  /** Of the series with that number, from 0; they repeat after ten. */
  static String colour(int series) {
    return COLOURS.get(series % COLOURS.size());
  }
}
