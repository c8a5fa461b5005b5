package io.blockwise.job.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class AnswersTest {
  @Test
  void rowsAreCountedByBlockClassAndAnswer() {
    Answers answers = new Answers(2, 3);
    answers.add(0, 0, 0);
    answers.add(0, 2, 1);
    answers.add(1, 2, 2);
    answers.add(1, 2, 2);
    assertThat(answers.confusion())
        .containsExactly(
            List.of(List.of(1L, 0L, 0L), List.of(0L, 0L, 0L), List.of(0L, 1L, 0L)),
            List.of(List.of(0L, 0L, 0L), List.of(0L, 0L, 0L), List.of(0L, 0L, 2L)));
    assertThat(answers.accuracies(2)).containsExactly(0.5, 1.0);
  }

  @Test
  void partsAddUpAndStayAsTheyWere() {
    Answers one = new Answers(1, 2);
    one.add(0, 0, 1);
    Answers other = new Answers(1, 2);
    other.add(0, 0, 1);
    other.add(0, 1, 1);
    assertThat(one.plus(other).confusion())
        .containsExactly(List.of(List.of(0L, 2L), List.of(0L, 1L)));
    assertThat(one.confusion()).containsExactly(List.of(List.of(0L, 1L), List.of(0L, 0L)));
    assertThat(one.plus(other).correct(0)).isEqualTo(1);
  }

  @Test
  void crossEntropiesAreOfScoresAgainstLabels() {
    Answers answers = new Answers(1, 2);
    float[] scores = {0, 0, 100, 0, Float.NaN, 0};
    answers.add(List.of(scores), 0, 2, 1);
    assertThat(answers.losses(1).get(0)).isCloseTo(Math.log(2), within(1e-6));
    answers.add(List.of(scores), 1, 2, 0);
    assertThat(answers.losses(2).get(0)).isCloseTo(Math.log(2) / 2, within(1e-6));
    assertThat(Answers.loss(scores, 1, 2, 1)).isCloseTo(100, within(1e-6));
    assertThat(Answers.loss(scores, 2, 2, 1)).as("no number").isEqualTo(1000);
    assertThat(answers.plus(answers).losses(4)).isEqualTo(answers.losses(2));
  }
}
