package io.blockwise.data.text;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.TokensKind;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tokens that have ids of their own. Its file has the token of id i in line i, counted from 0:
 * {@code <pad>}, {@code <unk>}, then those of the corpus. Immutable.
 */
public final class Vocabulary implements Serializable {
  /** Name of its file beside the shards. */
  public static final String FILE_NAME = "vocabulary.txt";

  private static final long serialVersionUID = 1;
  private static final List<String> RESERVED = List.of("<pad>", "<unk>");

  private final String[] words;
  private final HashMap<String, Integer> ids;

  /**
   * Of words in the order of their ids, the first of which is 2. A word may look like one of the
   * two reserved lines; it still has an id of its own.
   */
  public Vocabulary(List<String> words) {
    this.words = words.toArray(String[]::new);
    this.ids = new HashMap<>(Math.max(16, 2 * words.size()));
    for (String word : words) {
      ids.put(word, RESERVED.size() + ids.size());
    }
  }

  /** Name of the file beside the shards that has the vocabulary of a side field. */
  public static String fileOfSide(String field) {
    return prefixOfSide(field) + FILE_NAME;
  }

  /**
   * What the ids of a field of a data set stand for, the two that are no words included.
   *
   * @param field of texts
   * @throws io.blockwise.base.UserException if the file is missing or not what the manifest says
   */
  public static List<String> words(Dataset dataset, String field) {
    boolean main = dataset.manifest().schema().main().name().equals(field);
    byte[] lines = dataset.read(main ? FILE_NAME : fileOfSide(field));
    return new String(lines, StandardCharsets.UTF_8).lines().toList();
  }

  /** What the names of a side field's files begin with; those of the main field have no such. */
  public static String prefixOfSide(String field) {
    return field + ".";
  }

  /** Ids, the two reserved ones included. */
  public int size() {
    return RESERVED.size() + words.length;
  }

  /** Id of a token; {@link TokensKind#UNKNOWN} if it has none of its own. */
  public int id(String token) {
    return ids.getOrDefault(token, TokensKind.UNKNOWN);
  }

  /** In the order of their ids, the first of which is 2. */
  List<String> words() {
    return List.of(words);
  }

  /** The content of its file, in UTF-8. */
  public byte[] bytes() {
    return Stream.concat(RESERVED.stream(), Stream.of(words))
        .collect(Collectors.joining("\n", "", "\n"))
        .getBytes(StandardCharsets.UTF_8);
  }
}
