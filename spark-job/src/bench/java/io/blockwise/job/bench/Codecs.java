package io.blockwise.job.bench;

import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.codec.Payload;
import java.util.Random;
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
 * Encoding and decoding of a push of a million values, per MB of them in single precision (250,000
 * values). {@code FP32} is a plain copy into a new array, which the others are to be compared with.
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
  private static final int MEGABYTES = 4;

  @Param({"FP32", "FP16", "BF16", "INT8", "INT4"})
  Codec codec;

  /**
   * Standard deviation of the values: below 6e-5 halves have fewer digits, and with 1e-4 nobody can
   * predict which of them will.
   */
  @Param({"1e-2", "1e-4"})
  double size;

  private float[] values;
  private Payload payload;

  @Setup(Level.Trial)
  public void draw() {
    Random random = new Random(1);
    values = new float[MEGABYTES * 1_000_000 / Float.BYTES];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (size * random.nextGaussian());
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
  public float[] decode() {
    return payload.decode();
  }
}
