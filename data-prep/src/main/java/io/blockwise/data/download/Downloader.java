package io.blockwise.data.download;

import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.base.files.Digests;
import io.blockwise.data.progress.Progress;
import io.blockwise.data.progress.Step;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Downloads over HTTP to a local folder. A file carries {@code .part} behind its name until its
 * checksum is right; a connection that breaks, now or in an earlier run, is resumed from there.
 * Used by one thread.
 */
public final class Downloader {
  /**
   * How long a download goes on trying. Immutable.
   *
   * @param attempts in a row that bring nothing before it gives up
   * @param pause between attempts
   * @param connect longest wait for a connection or for the head of an answer
   * @param stall longest wait for more bytes of an answer
   */
  record Patience(int attempts, Duration pause, Duration connect, Duration stall) {}

  private static final Patience NORMAL =
      new Patience(3, Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofMinutes(1));
  private static final int BUFFER = 1 << 16;
  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final int SERVER_ERROR = 500;

  private final HttpClient client;
  private final Patience patience;
  private final Progress progress;

  /**
   * Gives up after three attempts that bring nothing, two seconds apart; each waits half a minute
   * for an answer, and a minute for its next bytes.
   */
  public Downloader(Progress progress) {
    this(NORMAL, progress);
  }

  Downloader(Patience patience, Progress progress) {
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(patience.connect())
            .followRedirects(HttpClient.Redirect.NORMAL)
            .proxy(ProxySelector.getDefault())
            .build();
    this.patience = patience;
    this.progress = progress;
  }

  /**
   * Downloads a file, or does nothing if it is there.
   *
   * @param byHand what the user can do without a network, for messages
   * @return the finished file in {@code folder}
   * @throws UserException if there is no connection, the server refuses, or the checksum differs
   */
  public Path fetch(RemoteFile file, Path folder, String byHand) throws IOException {
    Path target = folder.resolve(file.name());
    if (Files.exists(target)) {
      return target;
    }
    Files.createDirectories(folder);
    Path part = folder.resolve(file.name() + ".part");
    boolean resumed = size(part) > 0;
    String checksum = download(file, part, byHand);
    if (resumed && !checksum.equals(file.checksum())) {
      // The remains of an earlier run may be of another version of the file.
      Files.delete(part);
      checksum = download(file, part, byHand);
    }
    if (!checksum.equals(file.checksum())) {
      Files.delete(part);
      throw UserException.cannot(
          "download " + file.uri(),
          "checksum "
              + Digests.abbreviated(checksum)
              + " is not the published "
              + Digests.abbreviated(file.checksum()),
          byHand);
    }
    return Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Goes on until all is there, and returns its checksum. */
  private String download(RemoteFile file, Path part, String byHand) throws IOException {
    int failures = 0;
    while (failures < patience.attempts()) {
      long before = size(part);
      try {
        transfer(file, part, byHand);
        break;
      } catch (InterruptedIOException | RuntimeException e) {
        throw e;
      } catch (IOException e) {
        failures = size(part) > before ? 1 : failures + 1;
        if (failures == patience.attempts()) {
          throw unreachable(file, e, byHand);
        }
        pause();
      }
    }
    return file.checksumOf(part);
  }

  private void transfer(RemoteFile file, Path part, String byHand) throws IOException {
    long have = size(part);
    HttpResponse<InputStream> answer = send(file, have);
    try (InputStream body = answer.body()) {
      int status = answer.statusCode();
      if (status == RANGE_NOT_SATISFIABLE && have > 0) {
        return; // all of it is there already; the checksum will tell
      }
      if (status >= SERVER_ERROR) {
        throw new IOException("the server answers " + status);
      }
      if (status != OK && status != PARTIAL) {
        throw UserException.cannot(
            "download " + file.uri(), "the server answers " + status, byHand);
      }
      copy(file, answer, body, part, status == PARTIAL ? have : 0);
    }
  }

  private HttpResponse<InputStream> send(RemoteFile file, long have) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(file.uri()).timeout(patience.connect());
    if (have > 0) {
      request.header("Range", "bytes=" + have + "-");
    }
    try {
      return client.send(request.build(), BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private void copy(RemoteFile file, HttpResponse<?> answer, InputStream body, Path part, long from)
      throws IOException {
    long length = answer.headers().firstValueAsLong("Content-Length").orElse(-1);
    Step step =
        new Step("Downloading " + file.name(), length < 0 ? -1 : from + length, Step.Unit.BYTES);
    StandardOpenOption mode =
        from > 0 ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING;
    try (OutputStream out =
        Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, mode)) {
      byte[] buffer = new byte[BUFFER];
      long done = from;
      progress.advanced(step, done);
      for (int read = read(body, buffer); read >= 0; read = read(body, buffer)) {
        out.write(buffer, 0, read);
        done += read;
        progress.advanced(step, done);
      }
    }
  }

  /** Closes a stream that brings nothing for too long; the client itself would wait for ever. */
  private int read(InputStream body, byte[] buffer) throws IOException {
    CompletableFuture<Void> waiting = new CompletableFuture<>();
    CompletableFuture<Void> alarm =
        waiting
            .orTimeout(patience.stall().toMillis(), TimeUnit.MILLISECONDS)
            .exceptionally(late -> cut(body));
    try {
      return body.read(buffer);
    } finally {
      waiting.complete(null);
      alarm.join();
    }
  }

  private static Void cut(InputStream body) {
    try {
      body.close();
    } catch (IOException e) {
      // The reader finds out by itself.
    }
    return null;
  }

  private UserException unreachable(RemoteFile file, IOException cause, String byHand) {
    String fact =
        cause instanceof ConnectException
            ? "no connection to " + file.uri().getHost()
            : "the connection to "
                + file.uri().getHost()
                + " failed: "
                + Printable.firstLine(cause);
    return UserException.cannot("download " + file.uri(), fact, byHand, cause);
  }

  private void pause() throws InterruptedIOException {
    try {
      Thread.sleep(patience.pause().toMillis());
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("The download was interrupted");
  }

  private static long size(Path file) throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }
}
