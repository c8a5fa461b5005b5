package io.blockwise.model.averaging;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.blockwise.base.Names;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.codec.Payload;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.table.RowNumbers;
import io.blockwise.model.averaging.table.RowTable;
import io.blockwise.model.engine.TensorTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * A recorded table of events at ledgers, one a line, and what each led to ({@code then}): the
 * verdict on a push, the version, and value and statistics exactly, where the version is a new one;
 * with a table also which of its rows have changed since the last. Used by one thread.
 */
final class Trajectory {
  /** Means and variances, which the tables' ledgers have one of each, or nothing. */
  private static final TensorTable ONE_CHANNEL = RandomSchedule.STATISTICS;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final JsonNode table;
  private final AveragingOptions options;
  private final AtomicLong clock = new AtomicLong();
  private final List<BlockLedger> ledgers = new ArrayList<>();
  private final Map<Integer, Long> shown = new HashMap<>();

  /**
   * Reads a table.
   *
   * @throws IllegalArgumentException if it was recorded with other options
   */
  Trajectory(Path file, AveragingOptions options) throws IOException {
    this.file = file;
    this.table = JSON.readTree(file.toFile());
    this.options = options;
    requireSameOptions();
    table.get("blocks").forEach(start -> ledgers.add(ledger(start)));
  }

  private void requireSameOptions() {
    String recorded = table.get("options").asText();
    if (!recorded.equals(options.toString())) {
      throw new IllegalArgumentException(
          "Cannot replay "
              + file.getFileName()
              + ": it was recorded with "
              + recorded
              + ", not with "
              + options
              + " (name those in its first line and write it anew)");
    }
  }

  private BlockLedger ledger(JsonNode start) {
    float[] value = floats(start.get("value"));
    float[] statistics = floats(start.get("statistics"));
    TensorTable tensors = tensors(start, value.length);
    return new BlockLedger(
        Averaging.RUN,
        ledgers.size() + 1,
        options,
        new BlockLedger.Tensors(
            tensors, statistics.length == 0 ? ArrayBlock.NO_TENSORS : ONE_CHANNEL),
        BlockState.initial(tensors, value, statistics),
        clock::get);
  }

  /** One, unless the file has their lengths, or where a table of rows is among them. */
  private static TensorTable tensors(JsonNode start, int length) {
    if (start.has("table")) {
      int[] table = JSON.convertValue(start.get("table"), int[].class); // offset, rows, width
      int behind = table[0] + table[1] * table[2];
      return new TensorTable(
          List.of(
              new TensorTable.Entry("layers.0.bias", List.of(table[0]), 0),
              new TensorTable.Entry("layers.1.weight", List.of(table[1], table[2]), table[0], true),
              new TensorTable.Entry("exit.weight", List.of(length - behind), behind)));
    }
    return start.has("tensors")
        ? ArrayBlock.tensorsOf(JSON.convertValue(start.get("tensors"), int[].class))
        : ArrayBlock.tensorsOf(length);
  }

  /** The lines of the file as it is, but for how numbers are written. */
  List<String> recorded() throws IOException {
    return lines(event -> event.get("then").deepCopy());
  }

  /** The lines of the file as they come of the events in it. Called once. */
  List<String> replayed() throws IOException {
    return lines(this::then);
  }

  private List<String> lines(Function<JsonNode, ObjectNode> thens) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("{\"options\": " + JSON.writeValueAsString(options.toString()) + ",");
    lines.add("\"blocks\": " + JSON.writeValueAsString(table.get("blocks")) + ",");
    lines.add("\"events\": [");
    JsonNode events = table.get("events");
    for (int i = 0; i < events.size(); i++) {
      ObjectNode event = events.get(i).deepCopy();
      ObjectNode then = thens.apply(event);
      for (String vector : List.of("value", "statistics")) {
        if (then.has(vector)) {
          then.set(vector, json(FloatVector.owning(floats(then.get(vector)))));
        }
      }
      event.set("then", then);
      lines.add(JSON.writeValueAsString(event) + (i < events.size() - 1 ? "," : ""));
    }
    lines.add("]}");
    return lines;
  }

  void write(List<String> lines) throws IOException {
    Files.writeString(file, String.join("\n", lines) + "\n");
  }

  private ObjectNode then(JsonNode event) {
    BlockLedger ledger = ledgers.get(event.get("block").asInt() - 1);
    clock.addAndGet(event.path("after").asLong());
    ObjectNode then = JSON.createObjectNode();
    happen(ledger, event, then);
    BlockState state = ledger.state();
    then.put("version", state.version());
    if (options.gain() != AveragingOptions.Gain.NONE) {
      then.put("gain", ledger.gain());
    }
    Long before = shown.put(ledger.block(), state.version());
    if (before == null || before != state.version()) {
      then.set("value", json(state.parameters()));
      then.set("statistics", json(state.statistics()));
      if (!state.table().isNone()) {
        long since = before == null ? RowTable.EVER : before;
        then.set("changed", JSON.valueToTree(state.table().changedSince(since).shared()));
      }
    }
    return then;
  }

  private static void happen(BlockLedger ledger, JsonNode event, ObjectNode then) {
    int worker = event.get("worker").asInt();
    LeaseAttempt lease = new LeaseAttempt(Averaging.RUN, worker, event.path("lease").asLong(), 1);
    switch (event.get("event").asText()) {
      case "announce" -> ledger.announce(worker);
      case "open" -> answer(ledger.open(lease), then);
      case "close" -> ledger.close(lease);
      case "lose" -> ledger.lose(worker, lease.lease());
      case "fetch" -> answer(ledger.fetch(new Fetch(lease, ledger.block(), sequence(event))), then);
      default -> answer(ledger.push(push(lease, event)), then);
    }
  }

  private static void answer(Reply reply, ObjectNode then) {
    then.put("verdict", Names.of(reply.verdict()));
    then.put("decided", reply.decided());
    then.put("members", reply.members());
  }

  private static Push push(LeaseAttempt lease, JsonNode event) {
    Push.Kind kind = Names.parse("event", Push.Kind.class, event.get("event").asText());
    int block = event.get("block").asInt();
    long base = event.get("base").asLong();
    if (kind == Push.Kind.PASS) {
      return Push.pass(lease, block, sequence(event), base);
    }
    return new Push(
        lease,
        block,
        sequence(event),
        base,
        event.get("examples").asLong(),
        kind,
        event.path("last").asBoolean(),
        Payload.of(Codec.FP32, floats(event.get("values"))),
        FloatVector.copyOf(floats(event.get("statistics"))),
        Push.Timing.UNKNOWN,
        event.has("rows") ? rows(event.get("rows")) : RowNumbers.NONE);
  }

  private static RowNumbers rows(JsonNode array) {
    return RowNumbers.owning(JSON.convertValue(array, int[].class));
  }

  private static long sequence(JsonNode event) {
    return event.get("sequence").asLong();
  }

  private static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.parseFloat(array.get(i).asText());
    }
    return values;
  }

  private static ArrayNode json(FloatVector vector) {
    ArrayNode array = JSON.createArrayNode();
    for (int i = 0; i < vector.length(); i++) {
      array.add(vector.at(i)); // written with as many digits as tell it from every other float
    }
    return array;
  }
}
