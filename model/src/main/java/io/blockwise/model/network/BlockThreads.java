package io.blockwise.model.network;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;

/**
 * A thread for every block, which does what is put into its queue, piece by piece in its order, and
 * lives until something fails or this is closed: numerical libraries keep memory and helpers for
 * each thread. When one fails all stop; what they had before them is closed undone. Thread-safe;
 * one thread closes.
 */
final class BlockThreads implements AutoCloseable {
  /** Pieces that wait while another one is done. */
  private static final int CAPACITY = 1;

  private final Timeline timeline;
  private final List<Thread> threads = new ArrayList<>();
  private final List<Queue<Work>> queues = new ArrayList<>();
  private int unfinished;
  private boolean stopped;
  private Throwable failure;

  /** Something to be done for one batch, with signals that it closes in the end, done or not. */
  interface Work extends AutoCloseable {
    /** Number of the batch, from 1. */
    long batch();

    /** Does it, on the block's thread. */
    void run() throws InterruptedException;

    @Override
    void close();
  }

  /** Starts so many threads; their names begin with that of the calling one. */
  BlockThreads(int count, Timeline timeline) {
    this.timeline = timeline;
    for (int i = 0; i < count; i++) {
      int index = i;
      queues.add(new ArrayDeque<>());
      String name = Thread.currentThread().getName() + "-block-" + (i + 1);
      Thread thread = new Thread(() -> workUntilStopped(index), name);
      thread.setDaemon(true);
      threads.add(thread);
    }
    threads.forEach(Thread::start);
  }

  /**
   * Gives a block, by its index from 0, work; waits for room. Takes the work over in any case.
   *
   * @throws CancellationException if the threads have been stopped
   */
  void put(int index, Work work) throws InterruptedException {
    boolean taken = false;
    try {
      taken = offer(index, work);
    } finally {
      if (!taken) {
        work.close();
      }
    }
    if (!taken) {
      throw new CancellationException("the threads of the blocks have stopped");
    }
  }

  private synchronized boolean offer(int index, Work work) throws InterruptedException {
    while (!stopped && queues.get(index).size() == CAPACITY) {
      wait();
    }
    if (!stopped) {
      queues.get(index).add(work);
      unfinished++;
      notifyAll();
    }
    return !stopped;
  }

  /** Waits until all that was put in is done, and what that has put in; or until they stop. */
  synchronized void awaitIdle() throws InterruptedException {
    while (!stopped && unfinished > 0) {
      wait();
    }
  }

  /**
   * Throws what a block has failed with, once all threads have ended.
   *
   * @throws RuntimeException or an error, the same that the block's thread met
   */
  void throwFailure() {
    if (isStopped()) {
      close();
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure instanceof RuntimeException exception) {
        throw exception;
      }
      throw new IllegalStateException("Cannot train: a block's thread has stopped", failure);
    }
  }

  /** Whether they do nothing any more, for whatever reason. */
  synchronized boolean isStopped() {
    return stopped;
  }

  private void workUntilStopped(int index) {
    long batch = 0;
    try {
      while (true) {
        long from = System.nanoTime();
        Work work = take(index);
        if (work == null) {
          return;
        }
        timeline.spent(index + 1, Timeline.Activity.WAIT_FOR_BATCH, batch, from, System.nanoTime());
        batch = work.batch();
        try (work) {
          work.run();
        }
        finished();
      }
    } catch (Throwable e) { // whatever it is ends training, with it
      stop(e);
    }
  }

  private synchronized Work take(int index) throws InterruptedException {
    while (!stopped && queues.get(index).isEmpty()) {
      wait();
    }
    Work work = stopped ? null : queues.get(index).remove();
    notifyAll();
    return work;
  }

  private synchronized void finished() {
    unfinished--;
    notifyAll();
  }

  /** The first reason counts: what comes later comes of it. */
  private synchronized void stop(Throwable reason) {
    if (!stopped) {
      stopped = true;
      failure = reason;
      notifyAll();
      threads.stream().filter(one -> one != Thread.currentThread()).forEach(Thread::interrupt);
    }
  }

  /** Stops the threads and waits for them, at most as long as an operation takes. */
  @Override
  public void close() {
    stop(new CancellationException("closed"));
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true; // as of now, only its end helps
        }
      }
    }
    queues.forEach(queue -> queue.forEach(Work::close));
    queues.forEach(Queue::clear);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
