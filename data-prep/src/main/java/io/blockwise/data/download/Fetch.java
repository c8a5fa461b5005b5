package io.blockwise.data.download;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;

/**
 * Brings a published data set to a folder. On the local file system it works in that folder; for
 * any other, in the temporary folder of the driver, from where the result is copied. Used by one
 * thread.
 */
public final class Fetch {
  private static final long MOST_BYTES = 8L << 30;

  private final Storage storage;
  private final Downloader downloader;

  public Fetch(Storage storage, Downloader downloader) {
    this.storage = storage;
    this.downloader = downloader;
  }

  /**
   * Downloads and unpacks.
   *
   * @throws UserException if a file cannot be had; says where to put it by hand
   */
  public void into(org.apache.hadoop.fs.Path folder, List<RemoteFile> files) throws IOException {
    if (storage.isLocal(folder)) {
      fetch(files, Path.of(storage.fileSystem(folder).makeQualified(folder).toUri()), folder);
      return;
    }
    Path work = Files.createTempDirectory("blockwise-download");
    try {
      fetch(files, work, folder);
      copy(work, folder);
    } finally {
      FileUtil.fullyDelete(work.toFile());
    }
  }

  private void fetch(List<RemoteFile> files, Path work, org.apache.hadoop.fs.Path folder)
      throws IOException {
    for (RemoteFile file : files) {
      Path downloaded = downloader.fetch(file, work, byHand(file, folder));
      if (file.isArchive()) {
        new Unpacker(MOST_BYTES).unpack(downloaded, work);
        Files.delete(downloaded);
      }
    }
  }

  private void copy(Path work, org.apache.hadoop.fs.Path folder) throws IOException {
    FileSystem target = storage.fileSystem(folder);
    target.mkdirs(folder);
    for (File file : FileUtil.listFiles(work.toFile())) {
      target.copyFromLocalFile(true, true, new org.apache.hadoop.fs.Path(file.toURI()), folder);
    }
  }

  private static String byHand(RemoteFile file, org.apache.hadoop.fs.Path folder) {
    return file.isArchive()
        ? "get " + file.name() + " elsewhere and unpack it in " + folder
        : "get " + file.name() + " elsewhere and put it into " + folder;
  }
}
