package io.blockwise.model.network;

import io.blockwise.model.engine.LossTerm;
import io.blockwise.model.engine.StepResult;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Losses and answers of a block over the batches that it took. Immutable.
 *
 * @param sums the terms of its loss, each summed over rows and under another name
 * @param rows of those batches, a view of an example being one
 * @param correct rows that the exit classified correctly, before each update
 */
public record BlockFigures(List<Sum> sums, long rows, long correct) implements Serializable {
  /** Of no batch. */
  public static final BlockFigures NONE = new BlockFigures(List.of(), 0, 0);

  /**
   * A term of the loss, as {@link LossTerm}, summed over rows. Immutable.
   *
   * @param inObjective whether the block is trained by it
   */
  public record Sum(String term, double value, boolean inObjective) implements Serializable {
    private Sum plus(double more) {
      return new Sum(term, value + more, inObjective);
    }
  }

  public BlockFigures {
    sums = List.copyOf(sums);
  }

  /** Of one step; none if the block did not take it. */
  public static BlockFigures of(StepResult step) {
    return step.trained() ? new BlockFigures(sums(step), step.examples(), step.correct()) : NONE;
  }

  private static List<Sum> sums(StepResult step) {
    List<Sum> sums = new ArrayList<>(step.losses().size());
    for (LossTerm term : step.losses()) {
      sums.add(new Sum(term.name(), term.value() * step.examples(), term.inObjective()));
    }
    return sums;
  }

  /** Both together. */
  public BlockFigures plus(BlockFigures other) {
    return with(other, 1);
  }

  /** What came after {@code earlier}, a part of these. */
  public BlockFigures minus(BlockFigures earlier) {
    return with(earlier, -1);
  }

  private BlockFigures with(BlockFigures other, int sign) {
    Map<String, Sum> together = new LinkedHashMap<>();
    sums.forEach(sum -> together.put(sum.term, sum));
    for (Sum sum : other.sums) {
      Sum before = together.getOrDefault(sum.term, new Sum(sum.term, 0, sum.inObjective));
      together.put(sum.term, before.plus(sign * sum.value));
    }
    return new BlockFigures(
        List.copyOf(together.values()), rows + sign * other.rows, correct + sign * other.correct);
  }

  /** The objective, summed over rows. */
  public double loss() {
    return sums.stream().filter(Sum::inObjective).mapToDouble(Sum::value).sum();
  }

  /** Mean per row of every term, by its name. */
  public Map<String, Double> means() {
    Map<String, Double> means = new LinkedHashMap<>();
    sums.forEach(sum -> means.put(sum.term, sum.value / rows));
    return means;
  }
}
