package io.blockwise.job.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The local TCP ports of a process of this machine, as Linux tells them. */
final class ProcessSockets {
  private static final String LISTENS = "0A";

  private ProcessSockets() {}

  /** Those on which it listens. */
  static Set<Integer> listening(ProcessHandle process) throws IOException {
    return ports(process, LISTENS::equals);
  }

  /** Those that it has connections from, or listens on. */
  static Set<Integer> all(ProcessHandle process) throws IOException {
    return ports(process, state -> true);
  }

  private static Set<Integer> ports(ProcessHandle process, Predicate<String> state)
      throws IOException {
    Path proc = Path.of("/proc", Long.toString(process.pid()));
    Set<String> own = sockets(proc.resolve("fd"));
    Set<Integer> ports = new TreeSet<>();
    for (String table : List.of("net/tcp", "net/tcp6")) {
      for (String line : Files.readAllLines(proc.resolve(table))) {
        String[] words = line.strip().split("\\s+", -1);
        if (state.test(words[3]) && own.contains("socket:[" + words[9] + "]")) {
          ports.add(Integer.parseInt(words[1].substring(words[1].indexOf(':') + 1), 16));
        }
      }
    }
    return ports;
  }

  private static Set<String> sockets(Path descriptors) throws IOException {
    Set<String> links = new HashSet<>();
    try (Stream<Path> all = Files.list(descriptors)) {
      for (Path each : all.toList()) {
        try {
          links.add(Files.readSymbolicLink(each).toString());
        } catch (IOException e) {
          continue; // closed meanwhile
        }
      }
    }
    return links;
  }
}
