package io.blockwise.job.bench;

import io.blockwise.model.averaging.Codec;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.Payload;
import java.util.SplittableRandom;
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
 * Encoding and decoding of a push, per MB of values in single precision (250,000 of them), of a
 * block of 10 MB.
 *
 * <pre>
 *   mvn -q -Pbench -pl spark-job -am process-test-classes -Djmh=Codecs
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class Codecs {
  private static final int MEGABYTES = 10;

  @Param({"FP32", "FP16"})
  Codec codec;

  private float[] values;
  private Payload payload;

  @Setup(Level.Trial)
  public void draw() {
    SplittableRandom random = new SplittableRandom(1);
    values = new float[MEGABYTES * 1_000_000 / Float.BYTES];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1e-2, 1e-2);
    }
    payload = Payload.of(codec, values);
  }

  @Benchmark
  @OperationsPerInvocation(MEGABYTES)
  public Payload encode() {
    return Payload.of(codec, values);
  }

  @Benchmark
  @OperationsPerInvocation(MEGABYTES)
  public FloatVector decode() {
    return payload.decode();
  }
}
