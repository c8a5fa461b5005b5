package io.blockwise.job.training.dealing;

import io.blockwise.job.worker.LeaseReport;
import io.blockwise.job.worker.Place;
import io.blockwise.model.engine.EngineDescription;
import java.io.Serializable;

/**
 * What one process did in an epoch. Immutable.
 *
 * @param executor Spark's name of it; {@code driver} for the driver's own process
 * @param host name of its machine
 * @param pid its process id there
 * @param device where its workers compute: {@code cpu}, {@code gpu 0}
 * @param engine with what, on which model of device
 * @param leases that it finished
 * @param examples rows that it trained on in them
 * @param peakResidentBytes most memory of the process so far, heap and native together; 0 if the
 *     system does not tell
 * @param heapBytes heap that the process has committed
 */
public record PlaceFigures(
    String executor,
    String host,
    long pid,
    String device,
    EngineDescription engine,
    int leases,
    long examples,
    long peakResidentBytes,
    long heapBytes)
    implements Serializable {
  static PlaceFigures of(Place place, LeaseReport report) {
    return new PlaceFigures(
        place.executor(),
        place.host(),
        place.pid(),
        place.engine().device(),
        place.engine(),
        1,
        report.examples(),
        place.memory().peakResident(),
        place.memory().heap());
  }

  PlaceFigures plus(PlaceFigures other) {
    return new PlaceFigures(
        executor,
        host,
        pid,
        device,
        engine,
        leases + other.leases,
        examples + other.examples,
        Math.max(peakResidentBytes, other.peakResidentBytes),
        Math.max(heapBytes, other.heapBytes));
  }
}
