package io.blockwise.data.learn;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.options.Cleaning;
import io.blockwise.data.options.MaxLength;
import io.blockwise.data.options.TextOptions;
import io.blockwise.data.progress.ReportedJob;
import io.blockwise.data.text.Vocabulary;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * Learns the vocabulary and the greatest length: the most frequent tokens of train, of equals those
 * first in the order of their characters; and, unless the length is given, the one that 95 % of
 * train's texts do not exceed, at most {@link MaxLength#MOST_FROM_TRAIN}. Only the vocabulary
 * itself comes to the driver. Immutable.
 */
public final class VocabularyLearner implements Learner {
  private static final int PERCENT = 95;
  private static final int DIGITS = 19;

  private final TextOptions options;

  public VocabularyLearner(TextOptions options) {
    this.options = options;
  }

  @Override
  public Learned learn(RowSchema raw, JavaRDD<byte[][]> train, ReportedJob first)
      throws ExecutionException, InterruptedException {
    RowSchema.Field<TokensKind> field = raw.only(TokensKind.class);
    Cleaning cleaning = field.kind().cleaning();
    JavaPairRDD<String, Long> counts =
        train.mapPartitionsToPair(texts -> new TokenCounts(cleaning, texts)).reduceByKey(Long::sum);
    SortedMap<Integer, Long> lengths = new TreeMap<>();
    first
        .collect(counts.filter(entry -> TokenCounts.isLength(entry._1())).map(entry -> entry))
        .forEach(entry -> lengths.put(TokenCounts.length(entry._1()), entry._2()));
    Vocabulary vocabulary = new Vocabulary(words(counts));
    int maxLength =
        options.maxLength().tokens() == MaxLength.FROM_TRAIN
            ? Math.min(MaxLength.MOST_FROM_TRAIN, percentile(lengths))
            : options.maxLength().tokens();
    return new LearnedVocabulary(
        field.name(),
        new TokensKind(cleaning, vocabulary.size(), maxLength),
        new JavaSparkContext(train.context()).broadcast(vocabulary));
  }

  private List<String> words(JavaPairRDD<String, Long> counts) {
    int least = options.minCount();
    int most = options.vocabularySize() - TokensKind.UNKNOWN - 1;
    List<String> words =
        counts
            .filter(entry -> !TokenCounts.isLength(entry._1()) && entry._2() >= least)
            .map(VocabularyLearner::sortable)
            .sortBy(entry -> entry, true, counts.getNumPartitions())
            .zipWithIndex()
            .filter(ranked -> ranked._2() < most)
            .map(ranked -> ranked._1().substring(DIGITS))
            .collect();
    if (words.isEmpty()) {
      throw UserException.cannot(
          "learn a vocabulary",
          "no token occurs " + least + " times in train",
          "lower data.text.min-count, or look at the texts");
    }
    return words;
  }

  /** What sorts by falling count, then by token: text, because that goes through any serializer. */
  private static String sortable(Tuple2<String, Long> entry) {
    return String.format(Locale.ROOT, "%019d", Long.MAX_VALUE - entry._2()) + entry._1();
  }

  private static int percentile(SortedMap<Integer, Long> lengths) {
    long texts = lengths.values().stream().mapToLong(Long::longValue).sum();
    long wanted = (texts * PERCENT + 99) / 100;
    long seen = 0;
    for (SortedMap.Entry<Integer, Long> length : lengths.entrySet()) {
      seen += length.getValue();
      if (seen >= wanted) {
        return Math.max(1, length.getKey());
      }
    }
    throw new AssertionError("fewer texts than there are");
  }
}
