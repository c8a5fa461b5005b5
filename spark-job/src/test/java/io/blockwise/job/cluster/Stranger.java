package io.blockwise.job.cluster;

import io.blockwise.job.exchange.ExchangePlugin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SecurityManager;
import org.apache.spark.SecurityManager$;
import org.apache.spark.SparkConf;
import org.apache.spark.internal.plugin.PluginEndpoint;
import org.apache.spark.internal.plugin.PluginMessage;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.buffer.ManagedBuffer;
import org.apache.spark.network.client.ChunkReceivedCallback;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.client.TransportClientBootstrap;
import org.apache.spark.network.crypto.AuthClientBootstrap;
import org.apache.spark.network.netty.SparkTransportConf;
import org.apache.spark.network.server.NoOpRpcHandler;
import org.apache.spark.network.shuffle.protocol.BlockTransferMessage;
import org.apache.spark.network.shuffle.protocol.OpenBlocks;
import org.apache.spark.network.shuffle.protocol.StreamHandle;
import org.apache.spark.network.util.TransportConf;
import org.apache.spark.rpc.RpcAddress;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcEnv;
import scala.Option;
import scala.reflect.ClassTag$;

/**
 * A process that belongs to no application of Spark, but speaks its protocols: it asks a driver's
 * plugin and fetches blocks, as an executor would. Used by one thread.
 */
final class Stranger implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final int BLOCKS = 200;
  private static final int PATIENCE_MILLIS = 15_000;

  private final SparkConf conf;
  private final SecurityManager security;
  private final RpcEnv rpc;

  /**
   * @param properties of Spark, the secret among them if it has one
   */
  Stranger(Map<String, String> properties) {
    conf = new SparkConf(false).set("spark.rpc.askTimeout", PATIENCE_MILLIS + "ms");
    properties.forEach(conf::set);
    security =
        new SecurityManager(
            conf, Option.empty(), SecurityManager$.MODULE$.$lessinit$greater$default$3());
    rpc = RpcEnv.create("stranger", HOST, HOST, -1, conf, security, 1, true);
  }

  /** Sends a message to the driver's half of the exchange's plugin, and returns the answer. */
  byte[] ask(int driverPort, byte[] message) {
    RpcEndpointRef plugin =
        rpc.setupEndpointRef(new RpcAddress(HOST, driverPort), PluginEndpoint.class.getName());
    return (byte[])
        plugin.askSync(
            new PluginMessage(ExchangePlugin.class.getName(), message),
            ClassTag$.MODULE$.apply(byte[].class));
  }

  /** The bytes of the first block of a broadcast that a block manager gives. */
  int readBlock(int port, String application, String executor)
      throws IOException, InterruptedException {
    TransportConf transport = SparkTransportConf.fromSparkConf(conf, "shuffle", 1, Option.empty());
    List<TransportClientBootstrap> bootstraps =
        security.isAuthenticationEnabled()
            ? List.of(new AuthClientBootstrap(transport, application, security))
            : List.of();
    try (TransportContext context = new TransportContext(transport, new NoOpRpcHandler());
        TransportClient client = context.createClientFactory(bootstraps).createClient(HOST, port)) {
      IOException last = new IOException("no block");
      for (int number = 0; number < BLOCKS; number++) {
        String[] block = {"broadcast_" + number + "_piece0"};
        ByteBuffer question = new OpenBlocks(application, executor, block).toByteBuffer();
        try {
          ByteBuffer answer = client.sendRpcSync(question, PATIENCE_MILLIS);
          return fetch(client, (StreamHandle) BlockTransferMessage.Decoder.fromByteBuffer(answer));
        } catch (RuntimeException | ExecutionException e) {
          last = new IOException(rootOf(e).toString(), e);
          if (!client.isActive()) {
            break;
          }
        }
      }
      throw last;
    }
  }

  private static int fetch(TransportClient client, StreamHandle handle)
      throws InterruptedException, ExecutionException {
    CompletableFuture<Integer> bytes = new CompletableFuture<>();
    client.fetchChunk(
        handle.streamId,
        0,
        new ChunkReceivedCallback() {
          @Override
          public void onSuccess(int chunk, ManagedBuffer buffer) {
            bytes.complete((int) buffer.size());
          }

          @Override
          public void onFailure(int chunk, Throwable failure) {
            bytes.completeExceptionally(failure);
          }
        });
    try {
      return bytes.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new ExecutionException(e);
    }
  }

  static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  @Override
  public void close() {
    rpc.shutdown();
    rpc.awaitTermination();
  }
}
