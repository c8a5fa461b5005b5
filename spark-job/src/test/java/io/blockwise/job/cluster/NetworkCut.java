package io.blockwise.job.cluster;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The network between executors and the driver: the driver advertises a loopback address of its
 * own, where this passes on what comes to the one that it listens on. Thread-safe.
 */
final class NetworkCut implements Closeable {
  private static final String LISTENS = "127.0.0.1";
  private static final String ADVERTISED = "127.0.0.2";
  private static final int BUFFER = 1 << 16;

  private final List<ServerSocket> doors;
  private final List<Wire> wires = new CopyOnWriteArrayList<>();

  private NetworkCut(List<ServerSocket> doors) {
    this.doors = doors;
  }

  /** Passes everything on, of the driver's messages and of its blocks. */
  static NetworkCut start() throws IOException {
    NetworkCut network = new NetworkCut(List.of(door(), door()));
    for (ServerSocket door : network.doors) {
      run(() -> network.accept(door));
    }
    return network;
  }

  /** A port that is free on both addresses. */
  private static ServerSocket door() throws IOException {
    ServerSocket door = new ServerSocket();
    door.bind(new InetSocketAddress(InetAddress.getByName(ADVERTISED), 0));
    return door;
  }

  /** Spark's settings for a driver behind it. */
  Map<String, String> properties() {
    return Map.of(
        "spark.driver.host",
        ADVERTISED,
        "spark.driver.bindAddress",
        LISTENS,
        "spark.driver.port",
        Integer.toString(doors.get(0).getLocalPort()),
        "spark.driver.blockManager.port",
        Integer.toString(doors.get(1).getLocalPort()));
  }

  /** Nothing of a process gets through any more, in either direction; nobody is told. */
  void silence(ProcessHandle process) throws IOException {
    of(process).forEach(wire -> wire.silent(true));
  }

  /** Pieces that are held back at the moment. */
  long held() {
    return wires.stream().mapToLong(Wire::held).sum();
  }

  /** What was held back gets through, and what comes. */
  void restore() {
    wires.forEach(wire -> wire.silent(false));
  }

  /** Breaks all connections of a process, which both sides notice. */
  void reset(ProcessHandle process) throws IOException {
    of(process).forEach(Wire::end);
  }

  @Override
  public void close() throws IOException {
    for (ServerSocket door : doors) {
      door.close();
    }
    wires.forEach(Wire::end);
  }

  private void accept(ServerSocket door) throws IOException {
    while (true) {
      Socket near = door.accept();
      Socket far = new Socket(LISTENS, door.getLocalPort());
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      Wire wire = new Wire(near, far);
      wires.add(wire);
      run(() -> wire.pass(near, far));
      run(() -> wire.pass(far, near));
    }
  }

  private List<Wire> of(ProcessHandle process) throws IOException {
    Set<Integer> ports = ProcessSockets.all(process);
    List<Wire> found = wires.stream().filter(wire -> ports.contains(wire.port())).toList();
    if (found.isEmpty()) {
      throw new IllegalStateException("process " + process.pid() + " has no connection");
    }
    return found;
  }

  private interface Task {
    void run() throws IOException;
  }

  private static void run(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException e) {
                // a side has ended
              }
            },
            "network-cut");
    thread.setDaemon(true);
    thread.start();
  }

  /** One connection. */
  private static final class Wire {
    private final Socket near;
    private final Socket far;
    private boolean silent;
    private int held;

    Wire(Socket near, Socket far) {
      this.near = near;
      this.far = far;
    }

    int port() {
      return near.getPort();
    }

    synchronized int held() {
      return held;
    }

    synchronized void silent(boolean now) {
      silent = now;
      notifyAll();
    }

    private synchronized void awaitVoice() {
      held++;
      try {
        while (silent) {
          wait();
        }
        held--;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    void pass(Socket from, Socket to) throws IOException {
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] buffer = new byte[BUFFER];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          awaitVoice();
          out.write(buffer, 0, read);
        }
      } finally {
        end();
      }
    }

    void end() {
      try {
        near.close();
        far.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
