package io.blockwise.data.learn;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.dataset.WordVectors;
import io.blockwise.data.glove.GloveFile;
import io.blockwise.data.glove.GloveJoin;
import io.blockwise.data.glove.VocabularyVectors;
import io.blockwise.data.options.Cleaning;
import io.blockwise.data.options.MaxLength;
import io.blockwise.data.options.TextOptions;
import io.blockwise.data.progress.ReportedJob;
import io.blockwise.data.text.Vocabulary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.HashPartitioner;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * Learns the vocabulary and the greatest length: the most frequent tokens of train, of equals those
 * first in the order of their characters; and, unless the length is given, the one that 95 % of
 * train's texts do not exceed, at most {@link MaxLength#MOST_FROM_TRAIN}. Where there is a file of
 * word vectors, those of the vocabulary are taken from it. Only the vocabulary and its vectors come
 * to the driver. Immutable.
 */
public final class VocabularyLearner implements Learner {
  private static final int PERCENT = 95;
  private static final int DIGITS = 19;

  private final TextOptions options;
  private final Storage storage;
  private final long seed;
  private final boolean side;

  private VocabularyLearner(TextOptions options, Storage storage, long seed, boolean side) {
    this.options = options;
    this.storage = storage;
    this.seed = seed;
    this.side = side;
  }

  /**
   * Of the main field.
   *
   * @param seed of the vectors of words that have none in the file
   */
  public VocabularyLearner(TextOptions options, Storage storage, long seed) {
    this(options, storage, seed, false);
  }

  /** Of a side field, after which the files are named. */
  public static VocabularyLearner ofSide(TextOptions options, Storage storage, long seed) {
    return new VocabularyLearner(options, storage, seed, true);
  }

  @Override
  public Learned learn(RowSchema raw, JavaRDD<byte[][]> train, ReportedJob first)
      throws ExecutionException, InterruptedException {
    RowSchema.Field<TokensKind> field = raw.only(TokensKind.class);
    Cleaning cleaning = field.kind().cleaning();
    JavaPairRDD<String, Long> counts = counts(train);
    SortedMap<Integer, Long> lengths = new TreeMap<>();
    first
        .collect(counts.filter(entry -> TokenCounts.isLength(entry._1())).map(entry -> entry))
        .forEach(entry -> lengths.put(TokenCounts.length(entry._1()), entry._2()));
    List<String> counted = words(counts, field.name());
    JavaSparkContext spark = new JavaSparkContext(train.context());
    Broadcast<Vocabulary> vocabulary =
        spark.broadcast(
            new Vocabulary(counted.stream().map(entry -> entry.substring(DIGITS)).toList()));
    int maxLength =
        options.maxLength().tokens() == MaxLength.FROM_TRAIN
            ? Math.min(MaxLength.MOST_FROM_TRAIN, percentile(lengths))
            : options.maxLength().tokens();
    Optional<VocabularyVectors> vectors =
        vectors(vocabulary, new GloveJoin(spark, storage, first.progress()));
    WordVectors coverage =
        vectors.map(found -> coverage(found, counted, lengths)).orElse(WordVectors.NONE);
    return new LearnedVocabulary(
        field.name(),
        new TokensKind(cleaning, vocabulary.value().size(), maxLength, coverage),
        side ? Vocabulary.prefixOfSide(field.name()) : "",
        vocabulary,
        vectors.map(found -> found.filled(seed)));
  }

  /** In few partitions, since each has most of the tokens. */
  private static JavaPairRDD<String, Long> counts(JavaRDD<byte[][]> train) {
    int partitions = Math.min(train.getNumPartitions(), 2 * train.context().defaultParallelism());
    return train
        .coalesce(partitions)
        .mapPartitionsToPair(TokenCounts::new)
        .combineByKey(
            count -> count,
            Long::sum,
            Long::sum,
            new HashPartitioner(partitions),
            false, // within a partition a token comes once, or nearly so
            SparkEnv.get().serializer());
  }

  private Optional<VocabularyVectors> vectors(Broadcast<Vocabulary> vocabulary, GloveJoin join)
      throws ExecutionException, InterruptedException {
    if (options.glove().isEmpty()) {
      return Optional.empty();
    }
    try {
      GloveFile file = GloveFile.open(storage, new Path(options.glove().get()));
      return Optional.of(join.of(vocabulary, file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static WordVectors coverage(
      VocabularyVectors vectors, List<String> counted, SortedMap<Integer, Long> lengths) {
    long covered = 0;
    for (int i = 0; i < counted.size(); i++) {
      covered += vectors.has(TokensKind.UNKNOWN + 1 + i) ? count(counted.get(i)) : 0;
    }
    long tokens =
        lengths.entrySet().stream().mapToLong(entry -> entry.getKey() * entry.getValue()).sum();
    return new WordVectors(vectors.dimension(), vectors.words(), tokens, covered);
  }

  /** As {@link #sortable} has made them, in the order of their ids. */
  private List<String> words(JavaPairRDD<String, Long> counts, String field) {
    int least = options.minCount();
    int most = options.vocabularySize() - TokensKind.UNKNOWN - 1;
    List<String> words =
        counts
            .filter(entry -> !TokenCounts.isLength(entry._1()) && entry._2() >= least)
            .map(VocabularyLearner::sortable)
            .sortBy(entry -> entry, true, counts.getNumPartitions())
            .zipWithIndex()
            .filter(ranked -> ranked._2() < most)
            .map(Tuple2::_1)
            .collect();
    if (words.isEmpty()) {
      throw UserException.cannot(
          "learn a vocabulary" + (side ? " of " + field : ""),
          "no token occurs " + least + " times in train",
          "lower data.text.min-count, or look at the texts");
    }
    return words;
  }

  /** What sorts by falling count, then by token: text, because that goes through any serializer. */
  private static String sortable(Tuple2<String, Long> entry) {
    return Long.MAX_VALUE - entry._2() + entry._1(); // DIGITS digits: counts are below 10^18
  }

  private static long count(String sortable) {
    return Long.MAX_VALUE - Long.parseLong(sortable, 0, DIGITS, 10);
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
