package io.blockwise.data.source.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a JPEG file says of itself and Java's reader does not: how it is to be turned, and what its
 * four channels mean. Whatever cannot be read counts as not said. Immutable.
 *
 * @param orientation of the EXIF standard (TIFF tag 274), 1 (upright) to 8
 * @param channels of the image; 0 if the file is no JPEG
 * @param adobe transform of Adobe's marker: 0 for CMYK, 2 for YCCK; {@link #NO_ADOBE} without one
 */
record JpegHeader(int orientation, int channels, int adobe) {
  static final int NO_ADOBE = -1;

  private static final JpegHeader NONE = new JpegHeader(1, 0, NO_ADOBE);
  private static final int START = 0xFFD8;
  private static final int EXIF = 0xFFE1;
  private static final int ADOBE = 0xFFEE;
  private static final int SCAN = 0xFFDA;
  private static final int END = 0xFFD9;
  private static final int EXIF_ID = 0x45786966; // "Exif"
  private static final int ADOBE_ID = 0x41646F62; // "Adob"
  private static final int ORIENTATION = 0x0112;
  private static final int ENTRY_BYTES = 12;

  /** Reads the segments before the image data. */
  static JpegHeader of(byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file);
    JpegHeader header = NONE;
    if (in.remaining() < 2 || unsigned(in.getShort()) != START) {
      return header;
    }
    while (in.remaining() >= 4) {
      int marker = unsigned(in.getShort());
      if (marker == 0xFFFF) {
        in.position(in.position() - 1); // fill bytes may precede a marker
        continue;
      }
      int length = unsigned(in.getShort()) - 2;
      if (marker < 0xFF00 || marker == SCAN || marker == END || length < 0) {
        break;
      }
      int size = Math.min(length, in.remaining());
      header = header.with(marker, in.slice(in.position(), size));
      in.position(in.position() + size);
    }
    return header;
  }

  private JpegHeader with(int marker, ByteBuffer segment) {
    if (marker == EXIF && segment.remaining() > 6 && segment.getInt(0) == EXIF_ID) {
      return new JpegHeader(orientation(segment.slice(6, segment.limit() - 6)), channels, adobe);
    }
    if (marker == ADOBE && segment.remaining() >= 12 && segment.getInt(0) == ADOBE_ID) {
      return new JpegHeader(orientation, channels, segment.get(11) & 0xFF);
    }
    if (isFrame(marker) && segment.remaining() >= 6) {
      return new JpegHeader(orientation, segment.get(5) & 0xFF, adobe);
    }
    return this;
  }

  /** Start of frame: FFC0 to FFCF without the tables and the marker that lie between. */
  private static boolean isFrame(int marker) {
    return marker >= 0xFFC0
        && marker <= 0xFFCF
        && marker != 0xFFC4
        && marker != 0xFFC8
        && marker != 0xFFCC;
  }

  /** Of a TIFF header and its first directory; offsets count from its beginning. */
  private static int orientation(ByteBuffer tiff) {
    if (tiff.remaining() < 8) {
      return 1;
    }
    tiff.order(tiff.getShort(0) == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    long directory = tiff.getInt(4) & 0xFFFFFFFFL;
    if (directory > tiff.limit() - 2) {
      return 1;
    }
    int entries = unsigned(tiff.getShort((int) directory));
    for (int i = 0; i < entries; i++) {
      int at = (int) directory + 2 + i * ENTRY_BYTES;
      if (at > tiff.limit() - ENTRY_BYTES) {
        return 1;
      }
      if (unsigned(tiff.getShort(at)) == ORIENTATION) {
        int value = unsigned(tiff.getShort(at + 8));
        return value >= 1 && value <= 8 ? value : 1;
      }
    }
    return 1;
  }

  private static int unsigned(short value) {
    return value & 0xFFFF;
  }
}
