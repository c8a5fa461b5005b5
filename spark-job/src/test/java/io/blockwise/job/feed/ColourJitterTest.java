package io.blockwise.job.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.base.SplitMix;
import io.blockwise.testing.RandomSeed;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ColourJitterTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static final double ROUNDING = 2e-6;

  /**
   * Of {@code src/test/python/colour_jitter.py}, in double precision; all orders of the changes.
   */
  @Test
  void changedColoursAreThoseOfTheDefinition() throws IOException {
    Set<Integer> orders = new HashSet<>();
    for (JsonNode golden : golden()) {
      orders.add(golden.get("order").asInt());
      float[] image = floats(golden.get("image"));
      jitter(golden).apply(image, 0, channels(golden), plane(golden));
      assertClose(image, golden.get("jittered"), golden.toString());
    }
    assertThat(orders).hasSize(24);
  }

  @Test
  void greyIsThatOfTheDefinition() throws IOException {
    for (JsonNode golden : golden()) {
      float[] image = floats(golden.get("image"));
      ColourJitter.grey(image, 0, channels(golden), plane(golden));
      assertClose(image, golden.get("grey"), "grey");
    }
  }

  @Test
  void onlyTheImageItselfIsChanged() throws IOException {
    JsonNode golden = golden().get(0);
    float[] image = floats(golden.get("image"));
    float[] among = new float[3 * image.length];
    System.arraycopy(image, 0, among, image.length, image.length);
    jitter(golden).apply(among, image.length, channels(golden), plane(golden));
    for (int i = 0; i < image.length; i++) {
      assertThat(among[i]).isZero();
      assertThat(among[2 * image.length + i]).isZero();
    }
    assertThat(among[image.length]).isCloseTo(value(golden, 0), within((float) ROUNDING));
  }

  /** Of 20,000 draws; the mean of each has a deviation of 0.0016, the turn's a fourth of that. */
  @Test
  void factorsAreDrawnFromTheirRanges() {
    SplitMix random = new SplitMix(SEED.of(1));
    int[] orders = new int[24];
    double[] sums = new double[4];
    int draws = 20_000;
    for (int i = 0; i < draws; i++) {
      ColourJitter drawn = ColourJitter.drawn(random);
      assertThat(drawn.brightness()).isBetween(0.6f, 1.4f);
      assertThat(drawn.contrast()).isBetween(0.6f, 1.4f);
      assertThat(drawn.saturation()).isBetween(0.6f, 1.4f);
      assertThat(drawn.hue()).isBetween(-0.1f, 0.1f);
      sums[0] += drawn.brightness();
      sums[1] += drawn.contrast();
      sums[2] += drawn.saturation();
      sums[3] += drawn.hue();
      orders[drawn.order()]++;
    }
    for (int i = 0; i < 3; i++) {
      assertThat(sums[i] / draws).isCloseTo(1, within(0.01));
    }
    assertThat(sums[3] / draws).isCloseTo(0, within(0.0025));
    // 833 expected of each with a deviation of 28
    assertThat(Arrays.stream(orders)).allMatch(count -> count > 660 && count < 1010);
  }

  private static JsonNode golden() throws IOException {
    try (InputStream in =
        ColourJitterTest.class.getResourceAsStream("/golden/colour_jitter.json")) {
      return new JsonMapper().readTree(in);
    }
  }

  private static ColourJitter jitter(JsonNode golden) {
    JsonNode factors = golden.get("factors");
    return new ColourJitter(
        (float) factors.get(0).asDouble(),
        (float) factors.get(1).asDouble(),
        (float) factors.get(2).asDouble(),
        (float) factors.get(3).asDouble(),
        golden.get("order").asInt());
  }

  private static int channels(JsonNode golden) {
    return golden.get("channels").asInt();
  }

  private static int plane(JsonNode golden) {
    return golden.get("plane").asInt();
  }

  private static float value(JsonNode golden, int i) {
    return (float) golden.get("jittered").get(i).asDouble();
  }

  private static float[] floats(JsonNode values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values.get(i).asDouble();
    }
    return floats;
  }

  private static void assertClose(float[] found, JsonNode expected, String what) {
    assertThat(found).hasSize(expected.size());
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i])
          .as("%s, value %d", what, i)
          .isCloseTo(expected.get(i).asDouble(), within(ROUNDING));
    }
  }
}
