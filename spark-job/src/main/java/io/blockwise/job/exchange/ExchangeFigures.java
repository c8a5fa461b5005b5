package io.blockwise.job.exchange;

import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.PushCounts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** What an exchange and its ledgers know of a run, as figures for whoever monitors it. */
final class ExchangeFigures {
  private ExchangeFigures() {}

  /**
   * Figures by their names.
   *
   * @param ofBlocks messages about each block, in block order
   */
  static Map<String, Supplier<? extends Number>> of(
      List<BlockLedger> ledgers, MessageCounts messages, List<MessageCounts> ofBlocks) {
    Map<String, Supplier<? extends Number>> figures = new LinkedHashMap<>();
    figures.put("bytes.pushed", messages::bytesReceived);
    figures.put("bytes.pulled", messages::bytesReplied);
    for (int k = 0; k < ledgers.size(); k++) {
      addBlock(figures, "block." + (k + 1) + ".", ledgers.get(k), ofBlocks.get(k));
    }
    return figures;
  }

  private static void addBlock(
      Map<String, Supplier<? extends Number>> figures,
      String block,
      BlockLedger ledger,
      MessageCounts messages) {
    figures.put(block + "version", () -> ledger.state().version());
    figures.put(block + "gain", ledger::gain);
    figures.put(block + "bytes.pushed", messages::bytesReceived);
    figures.put(block + "bytes.pulled", messages::bytesReplied);
    figures.put(block + "staleness", () -> ledger.counts().meanStaleness());
    Map<String, Function<PushCounts, Long>> fates =
        Map.of(
            "accepted", PushCounts::accepted,
            "dropped", PushCounts::dropped,
            "duplicate", PushCounts::duplicate,
            "fenced", PushCounts::fenced,
            "refused", PushCounts::refused);
    fates.forEach(
        (fate, count) -> figures.put(block + "pushes." + fate, () -> count.apply(ledger.counts())));
  }
}
