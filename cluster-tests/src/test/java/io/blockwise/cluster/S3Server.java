package io.blockwise.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;

/**
 * An S3 server on loopback, as a process of its own, since its libraries fit beside nobody else's.
 * It keeps the bucket {@value #BUCKET} below a directory of the test. Closing ends it. Thread-safe.
 */
public final class S3Server implements AutoCloseable {
  /** The only bucket. */
  public static final String BUCKET = "bucket";

  private static final String KEY = "test-key";
  private static final String SECRET = "test-secret";
  private static final int SECONDS = 60;

  private static final String LOGGING =
      "<configuration><appender name='out' class='ch.qos.logback.core.ConsoleAppender'><encoder>"
          + "<pattern>%d %level %logger %msg%n</pattern></encoder></appender>"
          + "<root level='WARN'><appender-ref ref='out'/></root></configuration>";

  private final Process process;
  private final InetSocketAddress address;

  private S3Server(Process process, InetSocketAddress address) {
    this.process = process;
    this.address = address;
  }

  /** Starts it, which takes about two seconds. */
  public static S3Server start(Path directory) throws IOException, InterruptedException {
    Path home = Files.createDirectories(directory.resolve("s3"));
    Files.createDirectories(home.resolve("data").resolve(BUCKET));
    InetSocketAddress address = freeAddress();
    Path properties =
        Files.write(
            home.resolve("s3proxy.properties"),
            List.of(
                "s3proxy.authorization=aws-v2-or-v4",
                "s3proxy.endpoint=http://127.0.0.1:" + address.getPort(),
                "s3proxy.identity=" + KEY,
                "s3proxy.credential=" + SECRET,
                "jclouds.provider=filesystem-nio2",
                "jclouds.filesystem.basedir=" + home.resolve("data")));
    Path logging = Files.writeString(home.resolve("logback.xml"), LOGGING);
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx256m",
                "-Dlogback.configurationFile=" + logging,
                "-cp",
                classPath(),
                "org.gaul.s3proxy.Main",
                "--properties",
                properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("log.txt").toFile())
            .start();
    S3Server server = new S3Server(process, address);
    server.await(home.resolve("log.txt"));
    return server;
  }

  private static String classPath() throws IOException {
    Path file = Path.of(System.getProperty("blockwise.s3-server", "missing"));
    if (!Files.exists(file)) {
      throw new IllegalStateException("no class path in " + file + ": run the tests with Maven");
    }
    return Files.readString(file).strip();
  }

  private static InetSocketAddress freeAddress() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
    }
  }

  private void await(Path log) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!listens()) {
      if (process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        process.destroyForcibly();
        throw new IllegalStateException("no S3 server: " + Files.readString(log));
      }
    }
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(address, 200);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return address;
  }

  /** A place on it, such as {@code s3a://bucket/a/b}. */
  public static String path(String path) {
    return "s3a://" + BUCKET + path;
  }

  /** What clients need, by Hadoop's names. */
  public Map<String, String> settings() {
    return settings(address);
  }

  /** The same for clients of a proxy before it. */
  public static Map<String, String> settings(InetSocketAddress address) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("fs.s3a.endpoint", "http://127.0.0.1:" + address.getPort());
    settings.put("fs.s3a.endpoint.region", "us-east-1");
    settings.put("fs.s3a.path.style.access", "true");
    settings.put("fs.s3a.connection.ssl.enabled", "false");
    settings.put("fs.s3a.access.key", KEY);
    settings.put("fs.s3a.secret.key", SECRET);
    return settings;
  }

  /** The same as a configuration. */
  public static Configuration configuration(InetSocketAddress address) {
    Configuration configuration = new Configuration();
    settings(address).forEach(configuration::set);
    return configuration;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
