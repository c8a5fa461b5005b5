package io.blockwise.data.source;

import io.blockwise.base.files.Digests;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.ListedFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.SortedMap;
import org.apache.hadoop.fs.Path;

/**
 * What gets one checksum: a raw file, or a folder of images. Immutable.
 *
 * @param name in the manifest; ends in {@code /} if it is a folder
 * @param bytes in all files
 * @param folder where {@code files} lie
 * @param files names in order
 */
public record RawPart(String name, long bytes, Path folder, List<String> files)
    implements Serializable {
  public RawPart {
    files = List.copyOf(files);
  }

  /**
   * A folder of files.
   *
   * @param name ends in {@code /}
   * @param files lengths by name
   */
  public static RawPart of(String name, Path folder, SortedMap<String, Long> files) {
    long bytes = files.values().stream().mapToLong(Long::longValue).sum();
    return new RawPart(name, bytes, folder, List.copyOf(files.keySet()));
  }

  /** A file. */
  public static RawPart of(Path file, long bytes) {
    return new RawPart(file.getName(), bytes, file.getParent(), List.of(file.getName()));
  }

  /** Whether a manifest's entry looks like this part, as far as that shows without reading it. */
  public boolean resembles(ListedFile recorded) {
    return name.equals(recorded.name()) && bytes == recorded.bytes();
  }

  /** Reads everything; see {@link ListedFile#sha256}. */
  public String sha256(Storage storage) throws IOException {
    MessageDigest digest = Digests.sha256();
    for (String file : files) {
      Path path = new Path(folder, file);
      if (name.endsWith("/")) {
        digest.update((file + "\0").getBytes(StandardCharsets.UTF_8));
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(storage.length(path)).array());
      }
      try (InputStream in = storage.open(path)) {
        Digests.update(digest, in);
      }
    }
    return Digests.hex(digest);
  }
}
