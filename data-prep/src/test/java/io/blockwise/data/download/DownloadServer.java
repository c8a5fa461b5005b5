package io.blockwise.data.download;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP server on this machine that knows ranges and can drop a connection half-way. */
final class DownloadServer implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final List<String> ranges = new CopyOnWriteArrayList<>();
  private final AtomicInteger cuts = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean silent;

  DownloadServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  URI put(String name, byte[] content) {
    files.put("/" + name, content);
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + name);
  }

  /** The next answers stop half-way. */
  void cut(int answers) {
    cuts.set(answers);
  }

  /** From now on answers stop half-way without an end, until the server is closed. */
  void fallSilentHalfWay() {
    cuts.set(Integer.MAX_VALUE);
    silent = true;
  }

  /** The Range header of every request, or an empty text. */
  List<String> ranges() {
    return ranges;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    ranges.add(range == null ? "" : range);
    byte[] file = files.get(exchange.getRequestURI().getPath());
    if (file == null) {
      exchange.sendResponseHeaders(404, -1);
      exchange.close();
      return;
    }
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
    if (from >= file.length) {
      exchange.sendResponseHeaders(416, -1);
      exchange.close();
      return;
    }
    byte[] rest = Arrays.copyOfRange(file, from, file.length);
    exchange.sendResponseHeaders(range == null ? 200 : 206, rest.length);
    boolean whole = cuts.getAndUpdate(left -> Math.max(0, left - 1)) == 0;
    exchange.getResponseBody().write(rest, 0, whole ? rest.length : rest.length / 2);
    exchange.getResponseBody().flush();
    if (silent) {
      awaitTheEnd();
    }
    // Closing before all announced bytes were written drops the connection.
    exchange.close();
  }

  private void awaitTheEnd() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }
}
