package io.blockwise.job.compare;

import io.blockwise.job.svg.Bars;
import io.blockwise.job.svg.Labels;
import io.blockwise.job.svg.Plot;
import io.blockwise.job.svg.Point;
import io.blockwise.job.svg.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The figures as pictures. */
final class Pictures {
  /** Files, with what they show. */
  static final Map<String, String> NAMES = names();

  private static final String ACCURACY = "accuracy, %";
  private static final String VALIDATION = "validation accuracy of the last block, %";

  private Pictures() {}

  private static Map<String, String> names() {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("accuracy.svg", "Test accuracy of every block");
    names.put("learning-epochs.svg", "Validation accuracy over epochs");
    names.put("learning-time.svg", "Validation accuracy over training time");
    names.put("cost.svg", "Test accuracy of the last block against the time of a step");
    return names;
  }

  /** SVG documents by their file's name. */
  static Map<String, String> of(List<Row> all) {
    List<Row> rows = all.stream().filter(row -> !row.results().isEmpty()).toList();
    Map<String, String> pictures = new LinkedHashMap<>();
    pictures.put("accuracy.svg", accuracy(rows));
    pictures.put(
        "learning-epochs.svg",
        learning("learning-epochs.svg", "epoch", rows, Result.Learned::epoch));
    pictures.put(
        "learning-time.svg",
        learning("learning-time.svg", "training time, s", rows, Result.Learned::seconds));
    pictures.put("cost.svg", cost(rows));
    return pictures;
  }

  private static String title(String file) {
    return NAMES.get(file) + ", mean and standard deviation over seeds";
  }

  private static String accuracy(List<Row> rows) {
    int blocks = rows.stream().mapToInt(Row::blocks).max().orElse(0);
    List<String> series =
        IntStream.range(0, blocks)
            .mapToObj(k -> k == blocks - 1 ? "last block" : "block " + (k + 1))
            .toList();
    List<Bars.Group> groups =
        rows.stream().map(row -> new Bars.Group(row.configuration(), bars(row, blocks))).toList();
    return Bars.of(new Labels(title("accuracy.svg"), "", ACCURACY), series, groups);
  }

  /** With the last block of every network in the last place. */
  private static List<Optional<Bars.Bar>> bars(Row row, int blocks) {
    List<Optional<Bars.Bar>> bars = new ArrayList<>();
    IntStream.range(row.blocks(), blocks).forEach(k -> bars.add(Optional.empty()));
    for (Mean mean : row.test()) {
      bars.add(Optional.of(new Bars.Bar(100 * mean.mean(), 100 * mean.deviation())));
    }
    return bars;
  }

  private static String learning(
      String file, String x, List<Row> rows, ToDoubleFunction<Result.Learned> place) {
    List<Series> series =
        rows.stream().map(row -> new Series(row.configuration(), curve(row, place))).toList();
    return Plot.ofLines(new Labels(title(file), x, VALIDATION), series);
  }

  private static List<Point> curve(Row row, ToDoubleFunction<Result.Learned> place) {
    int epochs = row.results().stream().mapToInt(each -> each.curve().size()).min().orElse(0);
    return IntStream.range(0, epochs)
        .mapToObj(
            epoch ->
                point(
                    over(row, each -> place.applyAsDouble(each.curve().get(epoch))),
                    over(row, each -> 100 * each.curve().get(epoch).accuracy())))
        .toList();
  }

  private static Mean over(Row row, Function<Result, Double> figure) {
    return Mean.of(row.results().stream().map(figure).toList());
  }

  private static Point point(Mean x, Mean y) {
    return new Point(x.mean(), y.mean(), y.deviation());
  }

  private static String cost(List<Row> rows) {
    List<Series> series =
        rows.stream()
            .map(
                row ->
                    new Series(
                        row.configuration(),
                        List.of(
                            point(
                                over(row, each -> 1e3 * each.metrics().cost().stepSeconds()),
                                over(row, each -> 100 * each.answer())))))
            .toList();
    return Plot.ofPoints(new Labels(title("cost.svg"), "time of a step, ms", ACCURACY), series);
  }
}
