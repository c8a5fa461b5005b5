package io.blockwise.data.shard;

import io.blockwise.data.dataset.ImageSchema;
import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.codec.ZstandardCodec;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;

/**
 * Parquet's writer with everything pinned that shows in the bytes, so that the same rows and the
 * same library versions give the same file whatever the cluster's configuration says.
 */
final class ImageParquet extends ParquetWriter.Builder<ImageParquet.Row, ImageParquet> {
  private static final int ZSTD_LEVEL = 3;
  private static final long ROW_GROUP_BYTES = 32 << 20;
  private static final int PAGE_BYTES = 1 << 20;
  private static final int PAGE_ROWS = 20_000;

  /** What is written: a class id and the pixels. */
  static final class Row {
    private final int label;
    private final byte[] pixels;

    Row(int label, byte[] pixels) {
      this.label = label;
      this.pixels = pixels;
    }
  }

  private ImageParquet(OutputFile file) {
    super(file);
  }

  static ParquetWriter<Row> open(OutputFile file) throws IOException {
    Configuration pinned = new Configuration(false);
    pinned.setInt(ZstandardCodec.PARQUET_COMPRESS_ZSTD_LEVEL, ZSTD_LEVEL);
    pinned.setInt(ZstandardCodec.PARQUET_COMPRESS_ZSTD_WORKERS, 0);
    return new ImageParquet(file)
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
  protected ImageParquet self() {
    return this;
  }

  @Override
  protected WriteSupport<Row> getWriteSupport(Configuration conf) {
    return new WriteSupport<>() {
      private RecordConsumer consumer;

      @Override
      public WriteContext init(Configuration ignored) {
        return new WriteContext(ImageSchema.MESSAGE, Map.of());
      }

      @Override
      public void prepareForWrite(RecordConsumer target) {
        consumer = target;
      }

      @Override
      public void write(Row row) {
        consumer.startMessage();
        consumer.startField(ImageSchema.LABEL, 0);
        consumer.addInteger(row.label);
        consumer.endField(ImageSchema.LABEL, 0);
        consumer.startField(ImageSchema.PIXELS, 1);
        consumer.addBinary(Binary.fromConstantByteArray(row.pixels));
        consumer.endField(ImageSchema.PIXELS, 1);
        consumer.endMessage();
      }
    };
  }
}
