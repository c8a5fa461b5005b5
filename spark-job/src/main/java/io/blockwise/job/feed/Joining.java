package io.blockwise.job.feed;

import java.util.List;

/** Waits for threads that were told to end. */
final class Joining {
  private Joining() {}

  /** Waits for all of them, even if the calling thread is interrupted, which it then stays. */
  static void all(List<Thread> threads) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
