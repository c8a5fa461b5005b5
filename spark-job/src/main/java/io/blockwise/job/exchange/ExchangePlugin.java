package io.blockwise.job.exchange;

import io.blockwise.job.exchange.executor.DriverLink;
import io.blockwise.job.exchange.executor.PluginExchange;
import io.blockwise.job.exchange.wire.Message;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Carries the exchange over Spark's own RPC, which opens no port and has Spark's authentication and
 * encryption. An application that uses it sets {@code spark.plugins} to the name of this class.
 */
public final class ExchangePlugin implements SparkPlugin {
  private static final AtomicReference<PluginExchange> OF_THIS_EXECUTOR = new AtomicReference<>();

  /**
   * The exchange of the executor that this process is.
   *
   * @throws IllegalStateException if the application was started without this plugin
   */
  public static PluginExchange ofThisExecutor() {
    PluginExchange exchange = OF_THIS_EXECUTOR.get();
    if (exchange == null) {
      throw new IllegalStateException(
          "Cannot reach the driver's ledgers: this executor has no exchange (set spark.plugins to "
              + ExchangePlugin.class.getName()
              + ")");
    }
    return exchange;
  }

  @Override
  public DriverPlugin driverPlugin() {
    return new Receiver();
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new Sender();
  }

  private static final class Receiver implements DriverPlugin {
    @Override
    public void registerMetrics(String application, PluginContext context) {
      DriverMetrics.OF_THIS_PROCESS.attach(context.metricRegistry());
    }

    @Override
    public Object receive(Object message) {
      return ExchangeRouter.OF_THIS_PROCESS.receive(message);
    }
  }

  private static final class Sender implements ExecutorPlugin {
    private PluginExchange exchange;

    @Override
    public void init(PluginContext context, Map<String, String> fromDriver) {
      exchange = new PluginExchange(new ContextLink(context), Message.CHUNK_BYTES);
      OF_THIS_EXECUTOR.set(exchange);
    }

    @Override
    public void shutdown() {
      OF_THIS_EXECUTOR.compareAndSet(exchange, null);
      exchange.close();
    }
  }

  private record ContextLink(PluginContext context) implements DriverLink {
    @Override
    public Object ask(byte[] message) throws Exception {
      return context.ask(message);
    }

    @Override
    public void send(byte[] message) throws Exception {
      context.send(message);
    }
  }
}
