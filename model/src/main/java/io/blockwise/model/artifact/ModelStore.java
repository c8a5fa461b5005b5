package io.blockwise.model.artifact;

import io.blockwise.base.InvalidValueException;
import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.NetworkSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The versions of one model below a directory ({@code models/NAME}), and which of them is the
 * published one.
 *
 * <p>{@link #write} makes a version complete, {@link #publish} makes it the one that readers get;
 * an interruption at any point leaves the published version as it was. Failures of the file system
 * itself are {@link IOException}. Thread-safe; one version is written by one process.
 */
public final class ModelStore {
  private static final int FORMAT_VERSION = 1;
  private static final String LATEST = "LATEST";
  private static final String PREVIOUS = "PREVIOUS";
  private static final String MANIFEST = "manifest.json";
  private static final String MODEL = "model.json";
  private static final String VOCABULARY = "vocabulary.txt";
  private static final String METRICS = "metrics.json";
  private static final String PROVENANCE = "provenance.json";

  private final Path directory;
  private final Storage storage;
  private final ArtifactFiles files;

  /**
   * @param directory {@code models/NAME} on any Hadoop file system; need not exist yet
   */
  public ModelStore(Configuration configuration, Path directory) {
    this.directory = directory;
    this.storage = new Storage(configuration);
    this.files = new ArtifactFiles(storage);
  }

  /**
   * Writes all files of a version, its manifest last.
   *
   * @return the version's directory
   * @throws UserException if that version is complete already
   */
  public Path write(ModelVersion version) throws IOException {
    return write(version, Map.of());
  }

  /**
   * The same, with files for people beside it, whose sizes and checksums the manifest lists, too.
   *
   * @param beside contents by their names, which are none of a version's own files
   */
  public Path write(ModelVersion version, Map<String, byte[]> beside) throws IOException {
    Path target = path(version.id());
    Path manifest = new Path(target, MANIFEST);
    if (storage.exists(manifest)) {
      throw UserException.cannot(
          "write model version " + version.id(),
          target + " is complete already",
          "choose another run-id");
    }
    List<ArtifactManifest.Entry> entries = new ArrayList<>();
    entries.add(write(target, MODEL, ArtifactJson.write(version.description())));
    for (int k = 1; k <= version.blocks().size(); k++) {
      Safetensors block = version.blocks().get(k - 1).toSafetensors();
      entries.add(files.write(new Path(target, blockFile(k)), block::write));
    }
    for (Map.Entry<String, List<String>> words : version.vocabularies().entrySet()) {
      String lines = String.join("\n", words.getValue()) + "\n";
      String file = vocabularyFile(version.description(), words.getKey());
      entries.add(write(target, file, lines.getBytes(StandardCharsets.UTF_8)));
    }
    entries.add(write(target, METRICS, ArtifactJson.write(version.metrics())));
    entries.add(write(target, PROVENANCE, ArtifactJson.write(version.provenance())));
    for (Map.Entry<String, byte[]> file : beside.entrySet()) {
      entries.add(write(target, file.getKey(), file.getValue()));
    }
    storage.write(manifest, ArtifactJson.write(new ArtifactManifest(FORMAT_VERSION, entries)));
    return target;
  }

  /** Whether a version has all its files. */
  public boolean isComplete(String id) throws IOException {
    return storage.exists(new Path(path(id), MANIFEST));
  }

  /**
   * Makes a complete version the published one.
   *
   * @throws UserException if the version is not complete
   */
  public void publish(String id) throws IOException {
    manifest(id);
    Optional<String> before = latest().filter(latest -> !latest.equals(id));
    if (before.isPresent()) {
      name(PREVIOUS, before.get()); // first: whoever is stopped here has changed nothing
    }
    name(LATEST, id);
  }

  private void name(String file, String id) throws IOException {
    storage.write(new Path(directory, file), (id + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Id of the version that was the published one before the present one; empty if there is none.
   *
   * @throws UserException if the file that names it is damaged
   */
  public Optional<String> previous() throws IOException {
    Path file = new Path(directory, PREVIOUS);
    return files.readReplaced(file).map(content -> id(file, content));
  }

  /**
   * Deletes older complete versions. The published one and the one before it always stay.
   *
   * @param keep how many of the newest stay, at least 1
   * @return ids of those that were deleted
   */
  public List<String> prune(int keep) throws IOException {
    Map<String, Long> written = new TreeMap<>();
    for (FileStatus version : storage.list(new Path(directory, "versions"))) {
      Path manifest = new Path(version.getPath(), MANIFEST);
      if (storage.exists(manifest)) {
        written.put(version.getPath().getName(), storage.modified(manifest));
      }
    }
    List<String> newest = new ArrayList<>(written.keySet());
    newest.sort(Comparator.comparing(written::get).reversed());
    List<String> old =
        new ArrayList<>(newest.subList(Math.min(keep, newest.size()), newest.size()));
    latest().ifPresent(old::remove);
    previous().ifPresent(old::remove);
    for (String id : old) {
      storage.delete(new Path(path(id), MANIFEST)); // first: half a version is none
      storage.delete(path(id));
    }
    return old;
  }

  /**
   * What a version has reached, without its weights.
   *
   * @throws UserException if the version is not complete, or this part of it was altered
   */
  public Metrics metrics(String id) throws IOException {
    ArtifactManifest manifest = manifest(id);
    verify(id, entry(id, manifest, METRICS));
    return ArtifactJson.read(at(id, METRICS), listed(id, manifest, METRICS), Metrics.class);
  }

  /**
   * Id of the published version, if there is one.
   *
   * @throws UserException if the file that names it is damaged
   */
  public Optional<String> latest() throws IOException {
    return files.readReplaced(latestFile()).map(content -> id(latestFile(), content));
  }

  private String id(Path file, byte[] latest) {
    String id = new String(latest, StandardCharsets.UTF_8).strip();
    try {
      return ModelVersion.requireId(id);
    } catch (InvalidValueException e) {
      String start = id.substring(0, Math.min(40, id.length())).replaceAll("[^ -~]", "?");
      throw UserException.cannot(
          "read " + file,
          "it holds \"" + start + "\" instead of a run-id",
          "name a version with --set run-id=ID",
          e);
    }
  }

  /**
   * Id of the published version.
   *
   * @throws UserException if none is published, or it does not exist
   */
  public String requireLatest() throws IOException {
    String id =
        latest()
            .orElseThrow(
                () ->
                    UserException.cannot(
                        "read a model", latestFile() + " does not exist", "train first"));
    if (!storage.exists(path(id))) {
      throw UserException.cannot(
          "read a model",
          latestFile() + " names version " + id + ", which does not exist",
          "name another with --set run-id=ID");
    }
    return id;
  }

  /**
   * The published version.
   *
   * @throws UserException as {@link #read}, and if none is published
   */
  public ModelVersion readLatest() throws IOException {
    return read(requireLatest());
  }

  /**
   * A version, after the size and checksum of each of its files were compared with its manifest.
   * What is allocated goes by the length of the files, not by what they say.
   *
   * @throws UserException if the version is not complete, a file is missing or altered, or the
   *     files do not belong together
   */
  public ModelVersion read(String id) throws IOException {
    ArtifactManifest manifest = manifest(id);
    for (ArtifactManifest.Entry entry : manifest.files()) {
      verify(id, entry);
    }
    Metrics metrics =
        ArtifactJson.read(at(id, METRICS), listed(id, manifest, METRICS), Metrics.class);
    Map<String, Object> provenance =
        ArtifactJson.readMap(at(id, PROVENANCE), listed(id, manifest, PROVENANCE));
    String writer = "Blockwise " + provenance.getOrDefault("blockwise", "of another version");
    ModelDescription description =
        ArtifactJson.readModel(at(id, MODEL), listed(id, manifest, MODEL), writer);
    try {
      return new ModelVersion(
          id,
          description,
          vocabularies(id, manifest, description),
          blocks(id, manifest, description.network()),
          metrics,
          provenance);
    } catch (InvalidValueException e) {
      throw unreadable(id, e.getMessage(), "publish another version");
    }
  }

  private Map<String, List<String>> vocabularies(
      String id, ArtifactManifest manifest, ModelDescription description) throws IOException {
    Map<String, List<String>> vocabularies = new LinkedHashMap<>();
    for (String field : description.ids().keySet()) {
      byte[] words = listed(id, manifest, vocabularyFile(description, field));
      vocabularies.put(field, new String(words, StandardCharsets.UTF_8).lines().toList());
    }
    return vocabularies;
  }

  /** Of a further field it has the field's name before it. */
  private static String vocabularyFile(ModelDescription description, String field) {
    return field.equals(description.mainField()) ? VOCABULARY : field + "." + VOCABULARY;
  }

  private List<StoredBlock> blocks(String id, ArtifactManifest manifest, NetworkSpec network)
      throws IOException {
    List<StoredBlock> blocks = new ArrayList<>();
    for (BlockLayout layout : layouts(id, network)) {
      ArtifactManifest.Entry entry = entry(id, manifest, blockFile(blocks.size() + 1));
      StoredBlock block = block(id, entry);
      block.requireFits(at(id, entry.name()), layout);
      blocks.add(block);
    }
    return blocks;
  }

  private List<BlockLayout> layouts(String id, NetworkSpec network) {
    try {
      return DecoupledNetwork.layouts(network);
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw unreadable(
          id,
          at(id, MODEL) + " describes a network of impossible sizes: " + e.getMessage(),
          "publish another version");
    }
  }

  private ArtifactManifest manifest(String id) throws IOException {
    Path file = new Path(path(id), MANIFEST);
    byte[] json =
        files
            .read(file)
            .orElseThrow(
                () ->
                    unreadable(
                        id,
                        file + " does not exist",
                        "the version was never completed: train again"));
    ArtifactManifest manifest = ArtifactJson.read(file.toString(), json, ArtifactManifest.class);
    if (manifest.formatVersion() != FORMAT_VERSION) {
      throw unreadable(
          id,
          file + " has format version " + manifest.formatVersion(),
          "this Blockwise reads " + FORMAT_VERSION);
    }
    return manifest;
  }

  private void verify(String id, ArtifactManifest.Entry expected) throws IOException {
    Path file = new Path(path(id), expected.name());
    ArtifactManifest.Entry found =
        files
            .measure(file)
            .orElseThrow(
                () ->
                    unreadable(
                        id, file + " is missing", "restore the file, or publish another version"));
    if (!found.equals(expected)) {
      throw unreadable(
          id,
          file + " has " + found + ", the manifest says " + expected,
          "restore the file, or publish another version");
    }
  }

  private byte[] listed(String id, ArtifactManifest manifest, String name) throws IOException {
    Path file = new Path(path(id), entry(id, manifest, name).name());
    return files.read(file).orElseThrow(() -> unreadable(id, file + " is missing", "read again"));
  }

  private StoredBlock block(String id, ArtifactManifest.Entry entry) throws IOException {
    try (InputStream in = storage.open(new Path(path(id), entry.name()))) {
      String file = at(id, entry.name());
      return StoredBlock.from(file, Safetensors.read(file, entry.bytes(), in));
    }
  }

  private ArtifactManifest.Entry entry(String id, ArtifactManifest manifest, String name) {
    return manifest.files().stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> unreadable(id, "the manifest does not list " + name, "publish another version"));
  }

  private ArtifactManifest.Entry write(Path target, String name, byte[] content)
      throws IOException {
    return files.write(new Path(target, name), out -> out.write(content));
  }

  /** Where a version is, or would be. */
  public Path path(String id) {
    return new Path(new Path(directory, "versions"), ModelVersion.requireId(id));
  }

  private String at(String id, String name) {
    return new Path(path(id), name).toString();
  }

  private Path latestFile() {
    return new Path(directory, LATEST);
  }

  private static String blockFile(int number) {
    return String.format(Locale.ROOT, "block-%02d.safetensors", number);
  }

  private static UserException unreadable(String id, String fact, String remedy) {
    return UserException.cannot("read model version " + id, fact, remedy);
  }
}
