package io.blockwise.data.shard;

import io.blockwise.data.dataset.FieldKind;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.learn.Learned;
import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.codec.ZstandardCodec;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import scala.Tuple2;

/**
 * Parquet's writer with everything pinned that shows in the bytes, so that the same rows and the
 * same library versions give the same file whatever the cluster's configuration says.
 */
final class RowParquet extends ParquetWriter.Builder<Tuple2<RowKey, byte[][]>, RowParquet> {
  private static final int ZSTD_LEVEL = 3;
  private static final long ROW_GROUP_BYTES = 32 << 20;
  private static final int PAGE_BYTES = 1 << 20;
  private static final int PAGE_ROWS = 20_000;

  private final Learned learned;
  private final boolean marksDrawn;

  private RowParquet(OutputFile file, Learned learned, boolean marksDrawn) {
    super(file);
    this.learned = learned;
    this.marksDrawn = marksDrawn;
  }

  /**
   * For raw rows, of whose keys the labels are written.
   *
   * @param marksDrawn whether the labels that others were drawn in place of are written beside them
   */
  static ParquetWriter<Tuple2<RowKey, byte[][]>> open(
      OutputFile file, Learned learned, boolean marksDrawn) throws IOException {
    Configuration pinned = new Configuration(false);
    pinned.setInt(ZstandardCodec.PARQUET_COMPRESS_ZSTD_LEVEL, ZSTD_LEVEL);
    pinned.setInt(ZstandardCodec.PARQUET_COMPRESS_ZSTD_WORKERS, 0);
    return new RowParquet(file, learned, marksDrawn)
        .withConf(pinned)
        .withWriterVersion(WriterVersion.PARQUET_1_0)
        .withCompressionCodec(CompressionCodecName.ZSTD)
        .withRowGroupSize(ROW_GROUP_BYTES)
        .withPageSize(PAGE_BYTES)
        .withPageRowCountLimit(PAGE_ROWS)
        .withDictionaryEncoding(false)
        .withByteStreamSplitEncoding(false)
        .withBloomFilterEnabled(false)
        .withPageWriteChecksumEnabled(false)
        .withValidation(false)
        .build();
  }

  @Override
  protected RowParquet self() {
    return this;
  }

  @Override
  protected WriteSupport<Tuple2<RowKey, byte[][]>> getWriteSupport(Configuration conf) {
    return new Writing(learned, marksDrawn);
  }

  private static final class Writing extends WriteSupport<Tuple2<RowKey, byte[][]>> {
    private final Learned learned;
    private final MessageType message;
    private RecordConsumer consumer;

    Writing(Learned learned, boolean marksDrawn) {
      RowSchema schema = learned.schema();
      this.learned = learned;
      this.message = marksDrawn ? schema.messageWithOriginals() : schema.message();
    }

    @Override
    public WriteContext init(Configuration ignored) {
      return new WriteContext(message, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer target) {
      consumer = target;
    }

    @Override
    public void write(Tuple2<RowKey, byte[][]> row) {
      byte[][] values = learned.values(row._2());
      consumer.startMessage();
      write(0, () -> consumer.addInteger(row._1().label()));
      int column = 1;
      for (FieldKind kind : learned.schema().fields().values()) {
        byte[] value = values[column - 1];
        write(column++, () -> kind.write(value, consumer));
      }
      if (row._1().isDrawn()) {
        write(column, () -> consumer.addInteger(row._1().original()));
      }
      consumer.endMessage();
    }

    private void write(int column, Runnable value) {
      String name = message.getFieldName(column);
      consumer.startField(name, column);
      value.run();
      consumer.endField(name, column);
    }
  }
}
