package io.blockwise.job.prediction;

import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.model.artifact.InputField;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.exits.ExitRule;
import io.blockwise.model.exits.Temperatures;
import io.blockwise.model.network.AdaptiveWalk;
import io.blockwise.model.network.DecoupledNetwork;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Answers raw examples with a published model, without Spark and without the data set that it was
 * trained on. What an example is asked together with changes its probabilities by no more than the
 * rounding of floats.
 *
 * <p>Thread-safe: one thread of its own computes; calls wait for it in their order.
 *
 * @param <R> an example: {@code String}, the {@code byte[]} of an image file, the {@code float[]}
 *     or {@code double[]} of a table's row, or an {@link Example}
 */
public final class Predictor<R> implements AutoCloseable {
  /** Rows that are computed together; more take memory and hardly save time. */
  private static final int MOST_ROWS = 64;

  private final List<String> classes;
  private final Function<R, Example> examples;
  private final Questions questions;
  private final ServedNetwork network;
  private final int blocks;
  private final ExitRule rule;

  private Predictor(ModelVersion version, Function<R, Example> examples, EngineChoice engine)
      throws InterruptedException {
    this.examples = examples;
    classes = version.description().classes();
    blocks = version.blocks().size();
    rule = version.description().exits().rule(blocks);
    questions = new Questions(new RowReader(version), version.description().exits().divisors());
    network = new ServedNetwork(version, engine);
  }

  /**
   * Answers texts.
   *
   * @param version as {@link io.blockwise.model.artifact.ModelStore} reads it
   * @throws io.blockwise.base.UserException if the model does not read texts, or the engine cannot
   *     be used
   * @throws io.blockwise.job.RunFailedException if a weight is no number
   */
  public static Predictor<String> ofTexts(ModelVersion version, EngineChoice engine)
      throws InterruptedException {
    requireReads("texts", InputField.Tokens.class, version);
    return new Predictor<>(version, Example::of, engine);
  }

  /**
   * Answers images, each given as the content of a JPEG or PNG file.
   *
   * @param version as {@link io.blockwise.model.artifact.ModelStore} reads it
   * @throws io.blockwise.base.UserException if the model does not read images, or the engine cannot
   *     be used
   * @throws io.blockwise.job.RunFailedException if a weight is no number
   */
  public static Predictor<byte[]> ofImages(ModelVersion version, EngineChoice engine)
      throws InterruptedException {
    requireReads("images", InputField.Image.class, version);
    return new Predictor<>(version, Example::of, engine);
  }

  /**
   * Answers rows of a table, each a number for every column of the model's field, in their order,
   * and not standardised. Of models of which numbers may be missing, one that is missing is NaN.
   *
   * @param version as {@link io.blockwise.model.artifact.ModelStore} reads it
   * @throws io.blockwise.base.UserException if the model does not read numbers, or the engine
   *     cannot be used
   * @throws io.blockwise.job.RunFailedException if a weight is no number
   */
  public static Predictor<float[]> ofNumbers(ModelVersion version, EngineChoice engine)
      throws InterruptedException {
    requireReads("numbers", InputField.Numbers.class, version);
    return new Predictor<>(version, Example::of, engine);
  }

  /** The same with rows of {@code double}, which are rounded to {@code float}. */
  public static Predictor<double[]> ofDoubles(ModelVersion version, EngineChoice engine)
      throws InterruptedException {
    requireReads("numbers", InputField.Numbers.class, version);
    return new Predictor<>(version, Example::of, engine);
  }

  /**
   * Answers examples of which further fields may be known. Those of which some are not are answered
   * by the blocks before the first that reads one.
   *
   * @param version as {@link io.blockwise.model.artifact.ModelStore} reads it
   * @throws io.blockwise.base.UserException if the engine cannot be used
   * @throws io.blockwise.job.RunFailedException if a weight is no number
   */
  public static Predictor<Example> ofExamples(ModelVersion version, EngineChoice engine)
      throws InterruptedException {
    return new Predictor<>(version, example -> example, engine);
  }

  private static void requireReads(
      String examples, Class<? extends InputField> kind, ModelVersion version) {
    InputField main = RowTransform.main(version.description());
    if (!kind.isInstance(main)) {
      String name = version.description().fields().keySet().iterator().next();
      throw UserException.cannot(
          "answer " + examples,
          "the model reads " + Names.of(main.getClass()) + " in field " + name,
          "ask a model of " + examples);
    }
  }

  /** Blocks that can answer. */
  public int blocks() {
    return blocks;
  }

  /**
   * The answer of the block that the model's own rule says: of the full path, unless it was
   * calibrated to leave early.
   *
   * @throws InterruptedException if the calling thread is interrupted while it waits
   * @throws io.blockwise.base.UserException if the example cannot be read
   * @throws IllegalStateException if this is closed
   */
  public Prediction answer(R example) throws InterruptedException {
    return answer(List.of(example), rule).get(0);
  }

  /**
   * The answers to several examples.
   *
   * @param examples any number of them
   * @param rule says which block answers
   * @return one for each, in their order
   * @throws io.blockwise.base.InvalidValueException if the rule names a block that there is not
   * @throws InterruptedException as above, and likewise the other exceptions
   */
  public List<Prediction> answer(List<R> examples, ExitRule rule) throws InterruptedException {
    rule.last(blocks);
    List<Example> asked = examples.stream().map(this.examples).toList();
    return network.compute(made -> questions.answers(made, asked, rule, classes));
  }

  /** Answers what was asked before, and frees the model. */
  @Override
  public void close() {
    network.close();
  }

  /** What is asked. Used by the network's thread. */
  private record Questions(RowReader reader, Temperatures temperatures) {
    /** Those of about the same length are computed together, so that little is padding. */
    List<Prediction> answers(
        DecoupledNetwork network, List<Example> examples, ExitRule rule, List<String> classes) {
      List<RowReader.Read> rows = examples.stream().map(reader::read).toList();
      Prediction[] predictions = new Prediction[rows.size()];
      Map<Integer, List<Integer>> byReach =
          IntStream.range(0, rows.size())
              .boxed()
              .sorted(Comparator.comparingInt(i -> reader.length(rows.get(i))))
              .collect(Collectors.groupingBy(i -> rows.get(i).reach()));
      byReach.forEach(
          (reach, order) -> {
            try (AdaptiveWalk walk =
                new AdaptiveWalk(
                    network,
                    rule,
                    temperatures,
                    MOST_ROWS,
                    reach,
                    answer ->
                        predictions[Math.toIntExact(answer.row())] =
                            Prediction.of(answer, classes))) {
              walk(walk, rows, order);
            }
          });
      return Arrays.asList(predictions);
    }

    private void walk(AdaptiveWalk walk, List<RowReader.Read> rows, List<Integer> order) {
      for (int from = 0; from < order.size(); from += MOST_ROWS) {
        List<Integer> some = order.subList(from, Math.min(from + MOST_ROWS, order.size()));
        walk.add(
            reader.batch(some.stream().map(rows::get).toList()),
            some.stream().mapToLong(Integer::longValue).toArray());
      }
      walk.finish();
    }
  }
}
