package io.blockwise.job.evaluation;

import io.blockwise.job.worker.Answers;
import io.blockwise.model.exits.ExitReliability;
import io.blockwise.model.exits.ExitSweep;
import io.blockwise.model.exits.Tally;
import io.blockwise.model.exits.Temperatures;
import io.blockwise.model.spec.NetworkSpec;
import java.util.List;

/**
 * All that is counted of test in one pass.
 *
 * @param answers of every block
 * @param sweep what leaving early does
 * @param reliability of every exit's confidence
 */
record TestTally(Answers answers, ExitSweep sweep, ExitReliability reliability)
    implements Tally<TestTally> {
  /** Of no row. */
  static TestTally of(NetworkSpec network, Temperatures temperatures) {
    int blocks = network.blocks().size();
    return new TestTally(
        new Answers(blocks, network.classes()),
        new ExitSweep(blocks, temperatures),
        new ExitReliability(blocks, temperatures));
  }

  @Override
  public void add(List<float[]> scores, int row, int classes, int label) {
    answers.add(scores, row, classes, label);
    sweep.add(scores, row, classes, label);
    reliability.add(scores, row, classes, label);
  }

  @Override
  public TestTally plus(TestTally other) {
    return new TestTally(
        answers.plus(other.answers), sweep.plus(other.sweep), reliability.plus(other.reliability));
  }

  @Override
  public TestTally none() {
    return new TestTally(answers.none(), sweep.none(), reliability.none());
  }
}
