package io.blockwise.base;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes secrets that show by their form out of texts that are stored or printed: passwords in URLs
 * and the keys of clouds and code hosts. A secret without such a form is not found.
 *
 * <p>Thread-safe.
 */
public final class Redaction {
  /** What stands in the place of a secret. */
  public static final String MARK = "(redacted)";

  private static final List<Pattern> SECRETS =
      List.of(
          // s3a://KEY:SECRET@bucket, where the secret may hold slashes
          Pattern.compile("(?<=//)(?:AKIA|ASIA)[A-Z0-9]{16}:[^@\\s]*(?=@)"),
          // user:password@host; a name alone is a container of Azure's
          Pattern.compile("(?<=//)[^/@:\\s]*:[^/@\\s]*(?=@)"),
          Pattern.compile(
              "(?i)(?<=[?&](?:access_)?(?:token|key|sig|signature|secret|password)=)[^&\\s]+"),
          Pattern.compile("\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b"),
          Pattern.compile("\\bAIza[0-9A-Za-z_-]{35}"),
          Pattern.compile("\\b(?:gh[opsru]|github_pat)_[0-9A-Za-z_]{20,}"),
          Pattern.compile("\\bxox[abprs]-[0-9A-Za-z-]{10,}"),
          Pattern.compile("\\beyJ[0-9A-Za-z_-]+\\.[0-9A-Za-z_-]+\\.[0-9A-Za-z_-]+"));

  private Redaction() {}

  /** The text with every secret that shows replaced by {@link #MARK}. */
  public static String of(String text) {
    String safe = text;
    for (Pattern secret : SECRETS) {
      safe = secret.matcher(safe).replaceAll(MARK);
    }
    return safe;
  }
}
