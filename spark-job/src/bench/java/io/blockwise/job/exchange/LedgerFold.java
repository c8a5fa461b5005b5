package io.blockwise.job.exchange;

import io.blockwise.job.exchange.wire.EncodedState;
import io.blockwise.job.exchange.wire.Message;
import io.blockwise.job.exchange.wire.PushHeader;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.codec.Payload;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.ledger.BlockLedger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a ledger's thread does with a push, per push: {@code fold} decodes it and folds it into the
 * block's value, {@code work} also puts it together from its pieces before and encodes the new
 * version after. Two workers push in turn; under {@code quorum} in lock-step, so that two pushes
 * make a version. The size is that of the values in single precision.
 *
 * <pre>
 *   mvn -q -Pbench -pl spark-job -am process-test-classes -Djmh="LedgerFold -p megabytes=10"
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class LedgerFold {
  private static final String RUN = "bench";
  private static final int WORKERS = 2;

  @Param({"average", "quorum"})
  String rule;

  @Param({"1", "10", "100"})
  int megabytes;

  @Param({"FP32", "FP16", "BF16", "INT8", "INT4"})
  Codec codec;

  private final List<ByteBuffer> pieces = new ArrayList<>();
  private BlockLedger ledger;
  private Payload payload;
  private long round;

  @Setup(Level.Trial)
  public void open() {
    int values = megabytes * 1_000_000 / Float.BYTES;
    var options = rule.equals("quorum") ? Ledgers.lockStep() : Ledgers.average();
    ledger = Ledgers.zeros(RUN, options, values).get(0);
    for (int worker = 0; worker < WORKERS; worker++) {
      Reply unused = ledger.open(lease(worker));
    }
    payload = Payload.of(codec, new float[values]);
    int bytes = Math.toIntExact(codec.bytes(values));
    ByteBuffer whole = ByteBuffer.allocate(bytes + Ledgers.STATISTICS * Float.BYTES);
    payload.write(0, bytes, whole);
    for (int at = 0; at < whole.capacity(); at += Message.CHUNK_BYTES) {
      pieces.add(whole.slice(at, Math.min(Message.CHUNK_BYTES, whole.capacity() - at)));
    }
  }

  @Benchmark
  @OperationsPerInvocation(WORKERS)
  public BlockState fold() {
    round++;
    long base = ledger.state().version();
    for (int worker = 0; worker < WORKERS; worker++) {
      Reply unused = ledger.push(push(worker, base));
    }
    return ledger.state();
  }

  @Benchmark
  @OperationsPerInvocation(WORKERS)
  public EncodedState work() {
    round++;
    long base = ledger.state().version();
    EncodedState encoded = null;
    for (int worker = 0; worker < WORKERS; worker++) {
      PushHeader header = PushHeader.of(push(worker, base));
      List<ByteBuffer> arrived = pieces.stream().map(ByteBuffer::duplicate).toList();
      Reply unused = ledger.push(header.assemble(lease(worker), 1, arrived));
      BlockState state = ledger.state();
      if (encoded == null || encoded.version() < state.version()) {
        encoded = state.version() > base ? EncodedState.of(state, Message.CHUNK_BYTES) : null;
      }
    }
    return encoded;
  }

  private Push push(int worker, long base) {
    return new Push(
        lease(worker), 1, round, base, 10, Push.Kind.DELTA, false, payload, Ledgers.statistics(1));
  }

  private static LeaseAttempt lease(int worker) {
    return new LeaseAttempt(RUN, worker, 1, worker);
  }
}
