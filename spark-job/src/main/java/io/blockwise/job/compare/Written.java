package io.blockwise.job.compare;

import java.io.IOException;

/** The files of a comparison. Thread-safe; as text it is where they are. */
interface Written {
  /** Writes all files anew; each holds the old content or the new one at any moment. */
  void write(Standings standings) throws IOException;

  /** What a terminal shows at the end. */
  String table(Standings standings);
}
