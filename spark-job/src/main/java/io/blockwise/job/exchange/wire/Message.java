package io.blockwise.job.exchange.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blockwise.model.averaging.KnownTable;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.table.RowTable;
import io.blockwise.model.network.NetworkFigures;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.zip.CRC32C;

/**
 * A message from an executor to the driver. Its bytes, little-endian:
 *
 * <pre>
 *   int magic, int length of the whole message, byte format version, byte kind
 *   byte length of the run's id (unsigned, 1..255), the id in UTF-8
 *   int worker, long lease, long attempt, int block (from 1; 0 for the run as a whole)
 *   long number: of a push, a question or an evaluation; of figures, what the worker has got done
 *   body, as the kind says
 *   int CRC-32C of all before
 * </pre>
 *
 * Used by one thread.
 */
public final class Message {
  /** Bytes of a push or of a value that go into one message. */
  public static final int CHUNK_BYTES = 4 << 20;

  /** The longest that is looked at. */
  private static final int MOST_BYTES = 9 << 20;

  /** Workers of one run. */
  private static final int MOST_WORKERS = 1 << 16;

  /** Bytes of a run's id. */
  private static final int MOST_RUN_BYTES = 255;

  private static final int MAGIC = 0x31585742; // "BWX1"
  private static final byte FORMAT = 2;
  private static final int FIXED_BYTES = 11;
  private static final int LEASE_BYTES = 32;
  private static final int CHECK_BYTES = 4;
  static final int KNOWN_BYTES = Long.BYTES + Integer.BYTES;

  /** What is wanted. */
  public enum Kind {
    /**
     * Open a lease on a block; the number is the question's. Who has something of the block's table
     * says so: {@code long version (from -1, for nothing), int origin}.
     */
    OPEN,
    /** A piece of a push, with its {@link PushHeader}; the number is the push's. */
    PUSH,
    /** The fate of the push with this number; the body is the number of the question. */
    FETCH,
    /** A piece of the value that was fetched; the number is its version, the body its index. */
    VALUE,
    /** End a lease on a block. */
    CLOSE,
    /** How training went since the last report of the same lease; needs no answer. */
    FIGURES,
    /** Is the run open? */
    RUN,
    /** The evaluation with this number has got so much done (the body); needs no answer. */
    EVALUATES;

    private static final Kind[] ALL = values();
  }

  /** A message that gets a status alone. Without a stack, since it is no error of the driver. */
  public static final class RefusedException extends Exception {
    private final Status status;

    public RefusedException(Status status) {
      super(status.name(), null, false, false);
      this.status = status;
    }

    /** The answer. */
    public Status status() {
      return status;
    }
  }

  private final Kind kind;
  private final LeaseAttempt lease;
  private final int block;
  private final long number;
  private final ByteBuffer body;

  private Message(Kind kind, LeaseAttempt lease, int block, long number, ByteBuffer body) {
    this.kind = kind;
    this.lease = lease;
    this.block = block;
    this.number = number;
    this.body = body;
  }

  public Kind kind() {
    return kind;
  }

  public String run() {
    return lease.run();
  }

  public LeaseAttempt lease() {
    return lease;
  }

  public int block() {
    return block;
  }

  public long number() {
    return number;
  }

  /** What is left to be read of the body. */
  public ByteBuffer body() {
    return body;
  }

  /** Refuses a message whose body is not read to its end, or not so long. */
  public void requireLeft(int bytes) throws RefusedException {
    if (body.remaining() != bytes) {
      throw new RefusedException(Status.MALFORMED);
    }
  }

  /** What a message of kind {@link Kind#FIGURES} holds, of a run with so many blocks. */
  public NetworkFigures figures(int blocks) throws RefusedException {
    NetworkFigures figures = FiguresBody.read(body, blocks);
    requireLeft(0);
    return figures;
  }

  /** The bytes of a message of kind {@link Kind#FIGURES}. */
  public static byte[] figures(LeaseAttempt lease, long done, NetworkFigures figures) {
    byte[] bytes = FiguresBody.write(figures);
    return end(begin(Kind.FIGURES, lease, 0, done, bytes.length).put(bytes));
  }

  /** The bytes of a message of kind {@link Kind#OPEN}. */
  public static byte[] open(LeaseAttempt lease, int block, long question, KnownTable known) {
    return known.equals(KnownTable.NOTHING)
        ? withoutBody(Kind.OPEN, lease, block, question)
        : end(
            begin(Kind.OPEN, lease, block, question, KNOWN_BYTES)
                .putLong(known.version())
                .putInt(known.origin()));
  }

  /** What a message of kind {@link Kind#OPEN} holds. */
  public KnownTable known() throws RefusedException {
    if (body.remaining() == 0) {
      return KnownTable.NOTHING;
    }
    requireLeft(KNOWN_BYTES);
    long version = body.getLong();
    if (version < RowTable.EVER) {
      throw new RefusedException(Status.MALFORMED);
    }
    return new KnownTable(version, body.getInt());
  }

  /** The bytes of a message without a body. */
  public static byte[] withoutBody(Kind kind, LeaseAttempt lease, int block, long number) {
    return end(begin(kind, lease, block, number, 0));
  }

  /** The bytes of a message whose body is one number. */
  public static byte[] withBody(Kind kind, LeaseAttempt lease, int block, long number, long body) {
    return end(begin(kind, lease, block, number, Long.BYTES).putLong(body));
  }

  /** Bytes of a whole message. */
  static int bytes(int runBytes, int bodyBytes) {
    return FIXED_BYTES + runBytes + LEASE_BYTES + bodyBytes + CHECK_BYTES;
  }

  /** A message with room for a body, at whose start the buffer is. */
  public static ByteBuffer begin(
      Kind kind, LeaseAttempt lease, int block, long number, int bodyBytes) {
    byte[] run = lease.run().getBytes(UTF_8);
    if (run.length == 0 || run.length > MOST_RUN_BYTES) {
      throw new IllegalArgumentException(
          "Invalid run-id: " + lease.run() + " (must have 1 to 255 bytes)");
    }
    int length = bytes(run.length, bodyBytes);
    ByteBuffer message = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    message.putInt(MAGIC).putInt(length).put(FORMAT).put((byte) kind.ordinal());
    message.put((byte) run.length).put(run);
    message.putInt(lease.worker()).putLong(lease.lease()).putLong(lease.attempt());
    return message.putInt(block).putLong(number);
  }

  /** The bytes of a message whose body has been written. */
  public static byte[] end(ByteBuffer message) {
    message.putInt(check(message.array()));
    return message.array();
  }

  /** Reads what has come in. Allocates nothing that depends on what it says. */
  public static Message parse(Object received) throws RefusedException {
    if (!(received instanceof byte[] bytes)) {
      throw new RefusedException(Status.MALFORMED);
    }
    ByteBuffer message = whole(bytes);
    byte kind = message.get(9);
    int runLength = Byte.toUnsignedInt(message.get(10));
    if (message.get(8) != FORMAT || kind < 0 || kind >= Kind.ALL.length || runLength == 0) {
      throw new RefusedException(Status.MALFORMED);
    }
    if (bytes.length < FIXED_BYTES + runLength + LEASE_BYTES + CHECK_BYTES) {
      throw new RefusedException(Status.TRUNCATED);
    }
    String run = text(message.slice(FIXED_BYTES, runLength));
    message.position(FIXED_BYTES + runLength);
    int worker = message.getInt();
    long lease = message.getLong();
    long attempt = message.getLong();
    int block = message.getInt();
    long number = message.getLong();
    if (worker < 0 || worker >= MOST_WORKERS || block < 0 || number < 0) {
      throw new RefusedException(Status.MALFORMED);
    }
    message.limit(bytes.length - CHECK_BYTES);
    return new Message(
        Kind.ALL[kind], new LeaseAttempt(run, worker, lease, attempt), block, number, message);
  }

  private static ByteBuffer whole(byte[] bytes) throws RefusedException {
    if (bytes.length < FIXED_BYTES + CHECK_BYTES) {
      throw new RefusedException(Status.TRUNCATED);
    }
    if (bytes.length > MOST_BYTES) {
      throw new RefusedException(Status.OVERSIZED);
    }
    ByteBuffer message = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (message.getInt(0) != MAGIC) {
      throw new RefusedException(Status.MALFORMED);
    }
    if (message.getInt(4) > bytes.length) {
      throw new RefusedException(Status.TRUNCATED);
    }
    if (message.getInt(4) != bytes.length
        || message.getInt(bytes.length - CHECK_BYTES) != check(bytes)) {
      throw new RefusedException(Status.MALFORMED);
    }
    return message;
  }

  private static int check(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - CHECK_BYTES);
    return (int) crc.getValue();
  }

  private static String text(ByteBuffer bytes) throws RefusedException {
    try {
      return UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new RefusedException(Status.MALFORMED);
    }
  }
}
