package io.blockwise.job.exchange;

import io.blockwise.job.exchange.executor.PluginExchange;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.ledger.BlockLedger;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the contract in a driver, its messages by way of executors; prints what has passed. */
final class ContractOverCluster extends ParameterExchangeContract {
  private final int port;
  private final List<Runnable> open = new ArrayList<>();

  private ContractOverCluster(int port) {
    this.port = port;
  }

  public static void main(String[] arguments) throws Exception {
    try (SparkSession spark = SparkSession.builder().getOrCreate()) {
      List<Integer> ports = List.of(RelayPlugin.PORTS.take(), RelayPlugin.PORTS.take());
      int tests = 0;
      for (Method method : ParameterExchangeContract.class.getDeclaredMethods()) {
        method.setAccessible(true);
        if (method.isAnnotationPresent(Test.class)) {
          run(method, ports.get(tests++ % 2));
        } else if (method.isAnnotationPresent(ParameterizedTest.class)) {
          for (int value : method.getAnnotation(ValueSource.class).ints()) {
            run(method, ports.get(tests++ % 2), value);
          }
        }
      }
      System.out.println("messages " + ExchangeRouter.OF_THIS_PROCESS.messages());
      spark.stop();
    }
  }

  private static void run(Method method, int port, Object... parameters) throws Exception {
    ContractOverCluster contract = new ContractOverCluster(port);
    try {
      Object unused = method.invoke(contract, parameters);
      System.out.println("passed " + method.getName() + List.of(parameters));
    } catch (InvocationTargetException e) {
      System.out.println("failed " + method.getName() + List.of(parameters));
      e.getCause().printStackTrace();
    } finally {
      contract.open.forEach(Runnable::run);
    }
  }

  @Override
  ParameterExchange exchange(String run, List<BlockLedger> ledgers) {
    ExchangeServer server =
        ExchangeServer.serve(run, ledgers, Wire.WORKERS, Wire.NOBODY, Wire.LONGEST_IDLE);
    PluginExchange exchange = new PluginExchange(RelayPlugin.by(port), 100_001);
    open.add(exchange::close);
    open.add(server::close);
    return exchange;
  }
}
