package io.blockwise.data.dataset;

import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** Columns of a shard of images. Thread-safe. */
public final class ImageSchema {
  /** Class id from 0. */
  public static final String LABEL = "label";

  /** {@code channels * height * width} unsigned bytes, channel by channel. */
  public static final String PIXELS = "pixels";

  /** Both columns, in this order. */
  public static final MessageType MESSAGE =
      MessageTypeParser.parseMessageType(
          "message image { required int32 " + LABEL + "; required binary " + PIXELS + "; }");

  private ImageSchema() {}
}
