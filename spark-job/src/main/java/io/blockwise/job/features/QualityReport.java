package io.blockwise.job.features;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.base.Names;
import io.blockwise.job.config.Settings;
import io.blockwise.job.evaluation.PublishedModel;
import io.blockwise.model.features.Distances;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The figures of all blocks as text and as JSON. Immutable.
 *
 * @param rows of test that were measured
 * @param probeRows of train that the probe learned from
 */
record QualityReport(
    PublishedModel model,
    Settings settings,
    int rows,
    int probeRows,
    List<BlockQuality> blocks,
    RattReport ratt) {
  QualityReport {
    blocks = List.copyOf(blocks);
  }

  /** With a picture per block, whose files lie beside it. */
  String markdown() {
    List<String> lines = new ArrayList<>();
    lines.add("# Features of " + name() + ", version " + model.version().id());
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "Outputs of the blocks, %s, on the first %d rows of test. Distances are Euclidean, within a"
                + " class and to other classes; the higher their ratio, the better classes are told"
                + " apart. The probe is a linear layer trained on the first %d rows of train.",
            Names.of(settings.features().readOut()),
            rows,
            probeRows));
    lines.add("");
    lines.addAll(figures());
    lines.add("");
    for (BlockQuality each : blocks) {
      lines.add("![block " + each.place() + "](" + each.place().picture() + ")");
    }
    return String.join("\n", lines) + "\n";
  }

  /** Whether blocks were measured that the model was not trained as. */
  private boolean isCut() {
    return model.version().blocks().size() < blocks.get(blocks.size() - 1).place().block();
  }

  /** What a reader of the table has to know of this model and this data set. */
  private List<String> remarks() {
    List<String> remarks = new ArrayList<>();
    if (isCut()) {
      remarks.add(
          "The model was trained as one block; its layers are measured where its backbone has"
              + " borders between blocks.");
      remarks.add("");
    }
    if (noise() > 0) {
      remarks.add(
          String.format(
              Locale.ROOT,
              "The probe learned from the labels that training reads: %.2f %% of those of train are"
                  + " not the raw data's.",
              100 * noise()));
      remarks.add("");
    }
    return remarks;
  }

  private double noise() {
    return model.dataset().manifest().flipRate();
  }

  /** Tables in Markdown, with a row per block. */
  List<String> figures() {
    return Stream.of(remarks(), table(), List.of(""), ratt.lines()).flatMap(List::stream).toList();
  }

  private List<String> table() {
    List<String> lines = new ArrayList<>();
    lines.add("| block | values | within | between | ratio | ratio, length 1 | probe |");
    lines.add("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for (BlockQuality each : blocks) {
      lines.add(
          String.format(
              Locale.ROOT,
              "| %s | %d | %.4g | %.4g | %.3f | %.3f | %.2f %% |",
              each.place(),
              each.width(),
              each.raw().intra(),
              each.raw().inter(),
              each.raw().ratio(),
              each.normalised().ratio(),
              100 * each.probe()));
    }
    return lines;
  }

  byte[] json() throws IOException {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("model", name());
    report.put("version", model.version().id());
    report.put("dataset_fingerprint", model.dataset().fingerprint());
    report.put("read_out", Names.of(settings.features().readOut()));
    report.put("seed", settings.seed());
    report.put("rows", rows);
    report.put("probe_rows", probeRows);
    report.put("probe_label_noise", noise());
    report.put("trained_as_one_block", isCut());
    report.put("blocks", blocks.stream().map(QualityReport::json).toList());
    report.put("ratt", ratt.json());
    String text = new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(report);
    return (text + "\n").getBytes(UTF_8);
  }

  private static Map<String, Object> json(BlockQuality block) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("block", block.place().block());
    json.put("of", block.place().bridge() ? "bridge" : "output");
    json.put("values", block.width());
    json.put("raw", json(block.raw()));
    json.put("normalised", json(block.normalised()));
    json.put("probe_accuracy", block.probe());
    return json;
  }

  private static Map<String, Object> json(Distances distances) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("intra", distances.intra());
    json.put("inter", distances.inter());
    json.put("ratio", distances.ratio());
    return json;
  }

  private String name() {
    return model.version().description().name();
  }
}
