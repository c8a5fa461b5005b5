package io.blockwise.job.config.hocon;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds the key or option that was probably meant. Thread-safe. */
public final class Nearest {
  private Nearest() {}

  /** The nearest of {@code known}, unless even that differs in more than a third of the text. */
  static Optional<String> to(String key, List<String> known) {
    return within(Math.max(2, key.length() / 3), key, known);
  }

  /** The rule for a value that is none of {@code known}, with the one that was probably meant. */
  public static String oneOf(List<String> known, String value) {
    String hint = to(value, known).map(near -> "; did you mean " + near + "?").orElse("");
    return "must be one of " + String.join(", ", known) + hint;
  }

  /** The nearest of {@code known} that at most so many edits make of {@code key}. */
  public static Optional<String> within(int edits, String key, List<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance(key, candidate)))
        .filter(candidate -> distance(key, candidate) <= edits);
  }

  /**
   * Letters to insert, delete, replace or swap with their neighbour (optimal string alignment). A
   * right name in the wrong section counts as one.
   */
  private static int distance(String a, String b) {
    if (!a.equals(b) && lastWord(a).equals(lastWord(b))) {
      return 1;
    }
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        edits[i][j] = Math.min(i, j) == 0 ? Math.max(i, j) : cheapest(edits, a, i, b, j);
      }
    }
    return edits[a.length()][b.length()];
  }

  private static int cheapest(int[][] edits, String a, int i, String b, int j) {
    int replaced = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
    int best = Math.min(replaced, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, edits[i - 2][j - 2] + 1) : best;
  }

  private static String lastWord(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }
}
