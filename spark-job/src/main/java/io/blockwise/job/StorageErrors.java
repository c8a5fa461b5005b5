package io.blockwise.job;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.VersionInfo;

/**
 * What storage refuses with, told apart: what the user has to put right, and what may be better
 * another time. Classes of {@code s3a:} are known by their names only, as they may be missing.
 */
final class StorageErrors {
  private static final Pattern AMAZON =
      Pattern.compile(
          "(.*?) \\(Service: [^;]+; Status Code: (\\d+); Error Code: ([^;]+);.*", Pattern.DOTALL);

  private static final Pattern HADOOP_CALL =
      Pattern.compile("Call From \\S+ to (\\S+) failed on .*?: .*", Pattern.DOTALL);

  /** Of a class that finds nothing out for the user. */
  private static final Pattern CLASS = Pattern.compile("^(?:[a-z]\\w*\\.)+[A-Z]\\w*: ");

  private StorageErrors() {}

  /**
   * What was found.
   *
   * @param fact one line
   * @param remedy what the user can do
   * @param lasting whether the same happens again until it is done
   */
  record Finding(String fact, String remedy, boolean lasting) {}

  /**
   * Looks behind a failure for what storage has refused with; empty if it was not storage. The
   * failure itself may come from anywhere.
   */
  static Optional<Finding> of(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .flatMap(cause -> finding(cause).stream())
        .reduce((outer, inner) -> inner); // it knows best, and is wrapped in what fits less
  }

  private static Optional<Finding> finding(Throwable cause) {
    String name = cause.getClass().getSimpleName();
    String message = String.valueOf(cause.getMessage());
    if (message.contains("S3AFileSystem not found") || message.startsWith("com/amazonaws/")) {
      return lasting(
          "the library of s3a: is not on the class path",
          "give --packages org.apache.hadoop:hadoop-aws:"
              + VersionInfo.getVersion()
              + ", or its jars with --jars");
    }
    if (name.equals("NoAuthWithAWSException") || name.equals("NoAwsCredentialsException")) {
      return lasting(
          "there are no credentials for S3",
          "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role");
    }
    if (name.equals("UnknownStoreException") || message.contains("NoSuchBucket")) {
      return lasting(fact(cause), "create the bucket, or name another");
    }
    if (cause instanceof AccessDeniedException
        || cause instanceof AccessControlException
        || message.contains("Status Code: 403")) {
      return lasting(fact(cause), "check who you are there and what that one may do");
    }
    return isUnreachable(cause, name, message)
        ? Optional.of(new Finding(fact(cause), "start again when the storage answers", false))
        : Optional.empty();
  }

  /** Connections of Spark and of downloads break too: only what storage's own clients say. */
  private static boolean isUnreachable(Throwable cause, String name, String message) {
    boolean connection =
        cause instanceof SocketException
            || cause instanceof SocketTimeoutException
            || cause instanceof UnknownHostException;
    return (connection && HADOOP_CALL.matcher(message).matches())
        || (cause instanceof IOException && name.startsWith("AWS"))
        || name.equals("SdkClientException")
        || name.equals("BlockMissingException");
  }

  private static Optional<Finding> lasting(String fact, String remedy) {
    return Optional.of(new Finding(fact, remedy, true));
  }

  /** The first line of the innermost cause, without what only the library's authors need. */
  static String fact(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage());
    Matcher amazon = AMAZON.matcher(message);
    if (amazon.matches()) {
      String code = amazon.group(3).replaceFirst("^\\d+ ", "");
      String said = amazon.group(1).equals(code) ? "" : " (" + amazon.group(1) + ")";
      return "S3 answers " + amazon.group(2) + " " + code + said;
    }
    Matcher call = HADOOP_CALL.matcher(String.valueOf(thrown.getMessage()));
    if (call.matches()) {
      return call.group(1) + " does not answer: " + firstLine(message);
    }
    // Names the host, and nothing else.
    String prefix = cause instanceof UnknownHostException ? "unknown host " : "";
    return prefix + firstLine(message);
  }

  private static String firstLine(String message) {
    String line = message.lines().findFirst().orElse("");
    return CLASS.matcher(line).replaceFirst("");
  }
}
