package io.blockwise.spark;

import com.typesafe.config.Config;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.hocon.HoconReader;
import io.blockwise.job.config.hocon.Schema;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable;

/**
 * The keys of a training as parameters of one owner: all of {@code reference.conf} but those that
 * the DataFrame answers, which say where rows come from. Immutable.
 */
final class SettingParams {
  /** What fit says itself, and what has no place in a session. */
  private static final Set<String> NOT_FOR_FRAMES =
      Set.of(
          "run-id",
          "training.baseline",
          "data.kind",
          "data.name",
          "data.path",
          "data.download",
          "data.append-to",
          "data.skip-bad",
          "data.weight-column",
          "data.text.label-column",
          "data.text.text-column",
          "data.table.name",
          "data.table.label-column",
          "data.table.columns");

  private static final List<String> NOT_FOR_FRAMES_BELOW =
      List.of("data.shapes.", "data.side.", "compare.");

  private final Map<String, SettingParam> params = new LinkedHashMap<>();

  SettingParams(Identifiable owner) {
    Config reference = HoconReader.defaults();
    for (String key : new Schema(Settings.class).values().keySet()) {
      if (isForFrames(key)) {
        String meaning = String.join(" ", reference.getValue(key).origin().comments()).strip();
        params.put(key, new SettingParam(owner, key, meaning));
      }
    }
  }

  private static boolean isForFrames(String key) {
    return !NOT_FOR_FRAMES.contains(key)
        && NOT_FOR_FRAMES_BELOW.stream().noneMatch(key::startsWith);
  }

  /** By key, in the order of {@code reference.conf}'s records. */
  Map<String, SettingParam> all() {
    return Collections.unmodifiableMap(params);
  }

  /** The parameter of a key. */
  Optional<SettingParam> of(String key) {
    return Optional.ofNullable(params.get(key));
  }

  /** What is set, as {@code key=value}. */
  List<String> sets(ParamMap values) {
    List<String> sets = new ArrayList<>();
    params.forEach(
        (key, param) -> {
          if (values.contains(param)) {
            sets.add(key + "=" + SettingParam.text(values.get(param).get()));
          }
        });
    return sets;
  }
}
