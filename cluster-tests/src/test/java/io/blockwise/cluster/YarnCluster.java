package io.blockwise.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.server.MiniYARNCluster;
import org.apache.hadoop.yarn.server.resourcemanager.ResourceManager;
import org.apache.hadoop.yarn.server.resourcemanager.rmapp.RMApp;

/**
 * YARN on loopback: a resource manager and node managers as threads of this process; containers are
 * processes of their own, below a directory of the test. Closing ends it. Thread-safe.
 */
public final class YarnCluster implements AutoCloseable {
  /** A queue beside the default one. */
  public static final String QUEUE = "training";

  private static final String CAPACITY = "yarn.scheduler.capacity.";

  private final MiniYARNCluster cluster;
  private final Path directory;

  private YarnCluster(MiniYARNCluster cluster, Path directory) {
    this.cluster = cluster;
    this.directory = directory;
  }

  /**
   * Starts it, which takes about five seconds.
   *
   * @param fileSystem that applications use where they name none, such as {@code
   *     hdfs://localhost:40123}
   * @param nodes at least 1; each has 8 GiB for containers
   */
  public static YarnCluster start(Path directory, String fileSystem, int nodes)
      throws IOException, InterruptedException {
    System.setProperty("test.build.data", directory.toString());
    MiniYARNCluster cluster = new MiniYARNCluster("yarn", nodes, 1, 1);
    cluster.init(configuration(fileSystem));
    cluster.start();
    try {
      if (!cluster.waitForNodeManagersToConnect(20_000)) {
        throw new YarnException("The node managers have not registered");
      }
    } catch (YarnException e) {
      cluster.stop();
      throw new IOException(e);
    }
    Path sites = Files.createDirectories(directory.resolve("hadoop-conf"));
    write(cluster.getConfig(), sites.resolve("yarn-site.xml"));
    Configuration core = new Configuration(false);
    core.set("fs.defaultFS", fileSystem);
    write(core, sites.resolve("core-site.xml"));
    return new YarnCluster(cluster, directory);
  }

  private static Configuration configuration(String fileSystem) {
    Configuration conf = new YarnConfiguration();
    conf.set("fs.defaultFS", fileSystem);
    conf.setInt(YarnConfiguration.NM_PMEM_MB, 8192);
    conf.setInt(YarnConfiguration.NM_VCORES, 8);
    conf.setInt(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB, 128);
    // a JVM reserves much more than it uses; what it uses is checked
    conf.setBoolean(YarnConfiguration.NM_VMEM_CHECK_ENABLED, false);
    conf.setBoolean(YarnConfiguration.NM_PMEM_CHECK_ENABLED, true);
    // a node whose disk is nearly full would take no container
    conf.set(
        "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "100.0");
    conf.set(CAPACITY + "root.queues", "default," + QUEUE);
    conf.set(CAPACITY + "root.default.capacity", "50");
    conf.set(CAPACITY + "root." + QUEUE + ".capacity", "50");
    conf.set(CAPACITY + "maximum-am-resource-percent", "1.0");
    return conf;
  }

  private static void write(Configuration conf, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      conf.writeXml(out);
    }
  }

  /** The folder that {@code HADOOP_CONF_DIR} is to name. */
  public Path sites() {
    return directory.resolve("hadoop-conf");
  }

  /** All applications that were submitted. */
  public List<RMApp> applications() {
    return List.copyOf(manager().getRMContext().getRMApps().values());
  }

  /**
   * How many containers the resource manager has given out so far, application masters included.
   */
  public long containers() {
    return manager().getResourceScheduler().getRootQueueMetrics().getAggregateAllocatedContainers();
  }

  /**
   * What the containers of an application have written.
   *
   * @param file {@code stdout} or {@code stderr}
   */
  public String logs(RMApp application, String file) throws IOException {
    String name = application.getApplicationId().toString();
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(path -> path.endsWith(file) && path.toString().contains(name + "/"))
          .sorted()
          .map(YarnCluster::text)
          .collect(Collectors.joining());
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e + "\n";
    }
  }

  private ResourceManager manager() {
    return cluster.getResourceManager();
  }

  @Override
  public void close() {
    cluster.stop();
  }
}
