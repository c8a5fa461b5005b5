package io.blockwise.job.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.base.Json;
import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The checkpoints of one run, in directories with ascending numbers. One without a manifest was
 * never completed and does not count. Used by one thread at a time.
 */
public final class Checkpoints {
  /** 1: without what {@code training.patience} goes by, which then begins anew. */
  private static final int FIRST_FORMAT_VERSION = 1;

  private static final int FORMAT_VERSION = 2;
  private static final String MANIFEST = "manifest.json";
  private static final String STATE = "driver.state";
  private static final Pattern NUMBER = Pattern.compile("\\d{6,18}");
  private static final JsonMapper JSON =
      Json.records()
          .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private final Storage storage;
  private final Path directory;
  private final StateFiles files;

  /**
   * @param directory {@code runs/RUN-ID/checkpoints} on any Hadoop file system; need not exist
   */
  public Checkpoints(Storage storage, Path directory) {
    this.storage = storage;
    this.directory = directory;
    this.files = new StateFiles(storage);
  }

  /**
   * What a checkpoint says of itself beside its files. Immutable.
   *
   * @param blockwise version of the program
   * @param dataset fingerprint of the data set
   * @param epoch that was being trained, from 1
   * @param fraction of the run's training that was done, 0..1
   */
  public record Facts(String blockwise, String dataset, int epoch, double fraction) {}

  /**
   * A complete checkpoint. Immutable.
   *
   * @param number in its run
   * @param state what the driver has written
   */
  public record Found<T>(long number, Facts facts, T state) {}

  /** Where checkpoint {@code number} is, or would be. */
  public Path directory(long number) {
    return new Path(directory, String.format("%06d", number));
  }

  /**
   * Completes a checkpoint: the driver's state, then the manifest.
   *
   * @param workers what they have written into its directory
   * @throws UserException if there is no room
   */
  public void write(
      long number, Facts facts, Serializable state, Collection<SavedReplica> workers, Instant now)
      throws IOException {
    Path target = directory(number);
    List<SavedFile> saved = new ArrayList<>();
    saved.add(files.write(new Path(target, STATE), number, state));
    workers.stream()
        .map(SavedReplica::file)
        .sorted(Comparator.comparing(SavedFile::name))
        .forEach(saved::add);
    CheckpointManifest manifest =
        new CheckpointManifest(
            FORMAT_VERSION,
            number,
            now.toString(),
            facts.blockwise(),
            facts.dataset(),
            facts.epoch(),
            facts.fraction(),
            saved);
    storage.write(
        manifestOf(number), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest));
  }

  /**
   * The newest complete checkpoint. One that is damaged is passed over, and said.
   *
   * @param type of the driver's state
   * @param notice gets a line for each that is passed over
   * @return empty if none was ever completed
   * @throws UserException if there are some, but none can be read, or the newest was written by
   *     another version of Blockwise
   */
  public <T> Optional<Found<T>> newest(Class<T> type, Consumer<String> notice) throws IOException {
    List<Long> complete = new ArrayList<>();
    for (long number : numbers()) {
      if (storage.exists(manifestOf(number))) {
        complete.add(number);
      }
    }
    complete.sort(Comparator.reverseOrder());
    for (long number : complete) {
      try {
        return Optional.of(found(manifest(number), type));
      } catch (DamagedException e) {
        notice.accept(e.getMessage());
      }
    }
    if (!complete.isEmpty()) {
      throw UserException.cannot(
          "resume from " + directory,
          "none of its " + complete.size() + " checkpoints can be read",
          "delete it to start the run from the beginning, or choose another run-id");
    }
    return Optional.empty();
  }

  private Path manifestOf(long number) {
    return new Path(directory(number), MANIFEST);
  }

  private <T> Found<T> found(CheckpointManifest manifest, Class<T> type) throws IOException {
    Path place = directory(manifest.number());
    for (SavedFile file : manifest.files()) {
      if (!storage.exists(new Path(place, file.name()))) {
        throw new DamagedException(new Path(place, file.name()), "it is missing");
      }
    }
    Facts facts =
        new Facts(manifest.blockwise(), manifest.dataset(), manifest.epoch(), manifest.fraction());
    return new Found<>(manifest.number(), facts, files.read(place, manifest.files().get(0), type));
  }

  private CheckpointManifest manifest(long number) throws IOException {
    Path file = manifestOf(number);
    try {
      CheckpointManifest manifest = JSON.readValue(storage.bytes(file), CheckpointManifest.class);
      requireFormat(file, manifest.formatVersion());
      return manifest;
    } catch (JsonProcessingException e) {
      throw new DamagedException(file, "it is no manifest");
    }
  }

  private static void requireFormat(Path file, int version) {
    if (version < FIRST_FORMAT_VERSION || version > FORMAT_VERSION) {
      throw UserException.cannot(
          "resume from " + file,
          "it has format version "
              + version
              + ", this Blockwise reads "
              + FIRST_FORMAT_VERSION
              + " to "
              + FORMAT_VERSION,
          "resume with the version that wrote it, or choose another run-id");
    }
  }

  /** The number of the next checkpoint: none that was begun has it. */
  public long next() throws IOException {
    return 1 + numbers().stream().mapToLong(Long::longValue).max().orElse(0);
  }

  private List<Long> numbers() throws IOException {
    try {
      return storage.list(directory).stream()
          .filter(FileStatus::isDirectory)
          .map(entry -> entry.getPath().getName())
          .filter(name -> NUMBER.matcher(name).matches())
          .map(Long::parseLong)
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  /**
   * Deletes all but the newest complete ones, and what was begun before those.
   *
   * @param keep how many stay, at least 1
   */
  public void prune(int keep) throws IOException {
    List<Long> numbers = new ArrayList<>(numbers());
    numbers.sort(Comparator.reverseOrder());
    int complete = 0;
    for (long number : numbers) {
      if (complete >= keep) {
        storage.delete(directory(number));
      } else if (storage.exists(manifestOf(number))) {
        complete++;
      }
    }
  }

  /** Deletes all of them. */
  public void clear() throws IOException {
    storage.delete(directory);
  }
}
