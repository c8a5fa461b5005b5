package io.blockwise.cluster;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * An HTTP proxy on loopback before one server, one request to a connection. What becomes of a
 * request is up to a {@link Behaviour}; the first one passes all of them on. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {
  private final InetSocketAddress server;
  private final ServerSocket socket;
  private final AtomicInteger requests = new AtomicInteger();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "fault-proxy");
            thread.setDaemon(true);
            return thread;
          });

  private volatile Behaviour behaviour = Exchange::pass;

  private FaultProxy(InetSocketAddress server, ServerSocket socket) {
    this.server = server;
    this.socket = socket;
  }

  /** Starts one before a server. */
  public static FaultProxy before(InetSocketAddress server) throws IOException {
    ServerSocket socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    FaultProxy proxy = new FaultProxy(server, socket);
    proxy.threads.execute(proxy::accept);
    return proxy;
  }

  /** What is done with requests; called on many threads at once. */
  @FunctionalInterface
  public interface Behaviour {
    /** Answers one, or does not. */
    void on(Exchange exchange) throws IOException, InterruptedException;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
  }

  /** From the next request on. */
  public void behave(Behaviour next) {
    behaviour = next;
  }

  /** Requests that have arrived so far. */
  public int requests() {
    return requests.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socket.accept();
        threads.execute(() -> serve(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket client) {
    try (client) {
      Exchange exchange = Exchange.read(client, server);
      requests.incrementAndGet();
      behaviour.on(exchange);
    } catch (IOException e) {
      // The client or the server is gone, and the other one sees it by its connection.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    threads.shutdownNow();
  }

  /** One request, read whole, and the connection it came on. Used by one thread. */
  public static final class Exchange {
    private final Socket client;
    private final InetSocketAddress server;
    private final List<String> head;
    private final byte[] body;

    private Exchange(Socket client, InetSocketAddress server, List<String> head, byte[] body) {
      this.client = client;
      this.server = server;
      this.head = head;
      this.body = body;
    }

    private static Exchange read(Socket client, InetSocketAddress server) throws IOException {
      InputStream in = client.getInputStream();
      List<String> head = head(in).lines().toList();
      if (has(head, "expect: 100-continue")) {
        client.getOutputStream().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(ascii()));
      }
      byte[] body = in.readNBytes(length(head));
      return new Exchange(client, server, head, body);
    }

    private static String head(InputStream in) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
        int next = in.read();
        if (next < 0) {
          throw new EOFException("no request");
        }
        bytes.write(next);
      }
      return bytes.toString(StandardCharsets.ISO_8859_1).strip();
    }

    private static boolean has(List<String> head, String start) {
      return head.stream().anyMatch(line -> line.toLowerCase().startsWith(start));
    }

    private static int length(List<String> head) {
      return head.stream()
          .filter(line -> line.toLowerCase().startsWith("content-length:"))
          .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
          .findFirst()
          .orElse(0);
    }

    private static java.nio.charset.Charset ascii() {
      return StandardCharsets.US_ASCII;
    }

    /** What is asked for: method and path. */
    public String request() {
      String line = head.get(0);
      return line.substring(0, line.lastIndexOf(' '));
    }

    /** Whether it may change what the server holds. */
    public boolean changes() {
      return !request().startsWith("GET ") && !request().startsWith("HEAD ");
    }

    /** Has the server do it, and returns its whole answer. */
    public byte[] ask() throws IOException {
      try (Socket connection = new Socket(server.getAddress(), server.getPort())) {
        OutputStream out = connection.getOutputStream();
        String sent =
            head.stream()
                .filter(line -> !line.toLowerCase().matches("(expect|connection):.*"))
                .collect(Collectors.joining("\r\n", "", "\r\nConnection: close\r\n\r\n"));
        out.write(sent.getBytes(StandardCharsets.ISO_8859_1));
        out.write(body);
        out.flush();
        return connection.getInputStream().readAllBytes();
      }
    }

    /** Hands an answer to the client. */
    public void reply(byte[] answer) throws IOException {
      client.getOutputStream().write(answer);
      client.getOutputStream().flush();
    }

    /** The server's answer goes to the client. */
    public void pass() throws IOException {
      reply(ask());
    }

    /**
     * An error of S3, the server being left alone.
     *
     * @param status such as {@code 503 Slow Down}
     * @param code S3's name of the error
     */
    public void refuse(String status, String code) throws IOException {
      String xml = "<Error><Code>" + code + "</Code><Message>Please wait.</Message></Error>";
      boolean noBody = request().startsWith("HEAD ");
      reply(
          ("HTTP/1.1 "
                  + status
                  + "\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: "
                  + (noBody ? 0 : xml.length())
                  + "\r\n\r\n"
                  + (noBody ? "" : xml))
              .getBytes(ascii()));
    }

    /** The connection breaks, as by a machine that has restarted. */
    public void reset() throws IOException {
      client.setSoLinger(true, 0);
      client.close();
    }
  }
}
