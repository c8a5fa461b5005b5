package io.blockwise.job.cluster;

import io.blockwise.job.ClusterProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A master and machines of Spark's own cluster manager, each a process here. Used by one thread.
 */
final class StandaloneCluster implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  private final Path directory;
  private final Path properties;
  private final int port;
  private final List<Process> processes = new ArrayList<>();

  private StandaloneCluster(Path directory, Path properties, int port) {
    this.directory = directory;
    this.properties = properties;
    this.port = port;
  }

  /** Starts a master, and waits until it listens. */
  static StandaloneCluster start(Path directory) throws IOException, InterruptedException {
    return start(directory, Map.of());
  }

  /** The same with properties of Spark, which its machines have as well. */
  static StandaloneCluster start(Path directory, Map<String, String> properties)
      throws IOException, InterruptedException {
    List<String> lines = new ArrayList<>();
    properties.forEach((key, value) -> lines.add(key + " " + value));
    Path file = Files.createDirectories(directory).resolve("cluster.properties");
    StandaloneCluster cluster =
        new StandaloneCluster(directory, Files.write(file, lines), freePort());
    Process master =
        cluster.start(
            "master.Master", "--host", HOST, "--port", "" + cluster.port, "--webui-port", "0");
    while (!cluster.listens()) {
      if (!master.isAlive()) {
        throw new IllegalStateException(Files.readString(directory.resolve("master.Master-0.txt")));
      }
      Thread.sleep(50);
    }
    return cluster;
  }

  String master() {
    return "spark://" + HOST + ":" + port;
  }

  /** One more machine, with one core. */
  void addMachine() throws IOException {
    Path work = directory.resolve("work-" + processes.size());
    start(
        "worker.Worker",
        "--host",
        HOST,
        "--webui-port",
        "0",
        "--cores",
        "1",
        "--memory",
        "512M",
        "--work-dir",
        work.toString(),
        master());
  }

  /** The executors that run now. */
  List<ProcessHandle> executors() {
    return processes.stream().flatMap(Process::children).toList();
  }

  private Process start(String role, String... arguments) throws IOException {
    Path output = directory.resolve(role + "-" + processes.size() + ".txt");
    List<String> all = new ArrayList<>(List.of("--properties-file", properties.toString()));
    all.addAll(List.of(arguments));
    ProcessBuilder builder =
        ClusterProcess.spark(directory, "org.apache.spark.deploy." + role, all);
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private boolean listens() {
    try (Socket socket = new Socket(HOST, port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** A port that nobody listens to now. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    for (Process process : processes) {
      List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
      all.add(process.toHandle());
      all.forEach(ProcessHandle::destroyForcibly);
      all.forEach(one -> one.onExit().join());
    }
  }
}
