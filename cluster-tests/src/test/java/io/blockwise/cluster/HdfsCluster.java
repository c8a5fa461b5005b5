package io.blockwise.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * HDFS on loopback: a name node and data nodes as threads of this process, their files below a
 * directory of the test. Closing ends it. Thread-safe.
 */
public final class HdfsCluster implements AutoCloseable {
  private final MiniDFSCluster nodes;

  private HdfsCluster(MiniDFSCluster nodes) {
    this.nodes = nodes;
  }

  /**
   * Starts it, which takes about three seconds.
   *
   * @param dataNodes at least 1; every block is on all of them, on three at most
   */
  public static HdfsCluster start(Path directory, int dataNodes) throws IOException {
    // It interrupts threads of its own while they tell of clients that were killed: an interrupted
    // print on standard output closes what takes a test's results to Maven.
    Configurator.setLevel("org.apache.hadoop.hdfs.server.datanode", Level.OFF);
    Configuration conf = new HdfsConfiguration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, directory.resolve("hdfs").toString());
    conf.setInt("dfs.replication", Math.min(3, dataNodes));
    conf.setBoolean("dfs.permissions.enabled", true);
    MiniDFSCluster nodes =
        new MiniDFSCluster.Builder(conf).numDataNodes(dataNodes).format(true).build();
    nodes.waitActive();
    return new HdfsCluster(nodes);
  }

  /** A place on it, such as {@code hdfs://localhost:40123/a/b}. */
  public String path(String path) {
    return nodes.getURI() + path;
  }

  /** What clients need, by Hadoop's names. */
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("dfs.replication", nodes.getConfiguration(0).get("dfs.replication"));
    // data nodes here are quick: the usual 400 ms are most of the time that a small file takes
    settings.put("dfs.client.block.write.locateFollowingBlock.initial.delay.ms", "20");
    // a write goes on with the data nodes that are left
    settings.put("dfs.client.block.write.replace-datanode-on-failure.policy", "NEVER");
    return settings;
  }

  /** The same as a configuration. */
  public Configuration configuration() {
    Configuration configuration = new Configuration();
    settings().forEach(configuration::set);
    return configuration;
  }

  /** Ends a data node at once, with what it holds. */
  public void loseDataNode(int number) {
    nodes.stopDataNode(number);
  }

  /** The name node stops answering; its data nodes go on. */
  public void loseNameNode() {
    nodes.shutdownNameNodes();
  }

  @Override
  public void close() {
    nodes.shutdown(true);
  }
}
