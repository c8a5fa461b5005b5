package io.blockwise.job.exchange;

import io.blockwise.job.exchange.executor.PluginExchange;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.ledger.BlockLedger;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the contracts in a driver, their messages by way of executors; prints what has passed. */
final class ContractOverCluster extends ParameterExchangeContract {
  private static final List<Class<?>> CONTRACTS =
      List.of(ParameterExchangeContract.class, TableExchangeContract.class);

  private final int port;
  private final List<Runnable> open = new ArrayList<>();

  private ContractOverCluster(int port) {
    this.port = port;
  }

  public static void main(String[] arguments) throws Exception {
    try (SparkSession spark = SparkSession.builder().getOrCreate()) {
      List<Integer> ports = List.of(RelayPlugin.PORTS.take(), RelayPlugin.PORTS.take());
      int tests = 0;
      for (Class<?> contract : CONTRACTS) {
        for (Method method : contract.getDeclaredMethods()) {
          method.setAccessible(true);
          for (Object[] parameters : parameters(method)) {
            run(method, ports.get(tests++ % 2), parameters);
          }
        }
      }
      System.out.println("messages " + ExchangeRouter.OF_THIS_PROCESS.messages());
      spark.stop();
    }
  }

  /** Of each time that a method is a test; none of one that is not. */
  private static List<Object[]> parameters(Method method) {
    if (method.isAnnotationPresent(Test.class)) {
      return List.<Object[]>of(new Object[0]);
    }
    if (method.isAnnotationPresent(ValueSource.class)) {
      return Arrays.stream(method.getAnnotation(ValueSource.class).ints())
          .mapToObj(value -> new Object[] {value})
          .toList();
    }
    EnumSource source = method.getAnnotation(EnumSource.class);
    return source == null ? List.of() : parameters(source);
  }

  private static List<Object[]> parameters(EnumSource source) {
    List<String> names = List.of(source.names());
    return Arrays.stream(source.value().getEnumConstants())
        .filter(one -> names.isEmpty() || names.contains(one.name()))
        .map(one -> new Object[] {one})
        .toList();
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
