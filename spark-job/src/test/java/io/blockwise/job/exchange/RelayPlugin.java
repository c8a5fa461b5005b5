package io.blockwise.job.exchange;

import io.blockwise.job.exchange.executor.DriverLink;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Lets the driver's process send messages to itself by way of its executors: what comes in at an
 * executor's socket goes on over Spark's RPC. So tests see ledgers and messages at once.
 */
public final class RelayPlugin implements SparkPlugin {
  /** Where the executors listen, as they come up. */
  static final BlockingQueue<Integer> PORTS = new LinkedBlockingQueue<>();

  @Override
  public DriverPlugin driverPlugin() {
    return new DriverPlugin() {
      @Override
      public Object receive(Object message) {
        if (message instanceof Integer port) {
          PORTS.add(port);
          return null;
        }
        return ExchangeRouter.OF_THIS_PROCESS.receive(message);
      }
    };
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorPlugin() {
      @Override
      public void init(PluginContext context, Map<String, String> fromDriver) {
        try {
          ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
          start(() -> accept(server, context));
          context.send(server.getLocalPort());
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      }
    };
  }

  private static void accept(ServerSocket server, PluginContext context) {
    while (true) {
      try {
        Socket caller = server.accept();
        start(() -> relay(caller, context));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void relay(Socket caller, PluginContext context) {
    try (caller) {
      DataInputStream in = new DataInputStream(caller.getInputStream());
      byte[] message = in.readNBytes(in.readInt());
      DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(caller.getOutputStream()));
      byte[] reply = (byte[]) context.ask(message);
      out.writeInt(reply.length);
      out.write(reply);
      out.flush();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  /** The way to the driver by way of an executor. */
  static DriverLink by(int port) {
    return new DriverLink() {
      @Override
      public Object ask(byte[] message) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
          DataOutputStream out =
              new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
          out.writeInt(message.length);
          out.write(message);
          out.flush();
          DataInputStream in = new DataInputStream(socket.getInputStream());
          return in.readNBytes(in.readInt());
        }
      }

      @Override
      public void send(byte[] message) throws IOException {
        Object unused = ask(message);
      }
    };
  }
}
