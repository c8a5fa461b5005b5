package io.blockwise.job.config.hocon;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Parses configuration files and the files that they include.
 *
 * <p>The library by itself passes over what it cannot include; here every include must be a file
 * that can be read, named relative to the file that includes it. Used by one thread.
 */
final class ConfFiles
    implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
  private static final int LARGEST = 1 << 20;
  private static final String AT_FIRST = "give a file such as conf/quickstart.conf";

  /** The file that is being parsed last, before it what has led to it. */
  private final List<Path> open = new ArrayList<>();

  private ConfFiles() {}

  /**
   * Parses a file; substitutions are left as they are.
   *
   * @throws UserException if it, or a file that it includes, cannot be read
   * @throws com.typesafe.config.ConfigException if it is not HOCON
   */
  static Config parse(Path file) {
    return new ConfFiles().read(file, file.toString(), AT_FIRST);
  }

  /** Parses a text that stands in no file; includes are relative to the working directory. */
  static Config parse(String text, String origin) {
    return new ConfFiles().hocon(text, origin);
  }

  private Config read(Path file, String name, String advice) {
    if (!Files.isRegularFile(file)) {
      String fact = Files.exists(file) ? "it is not a file" : "there is no such file";
      throw unreadable(name, fact, advice);
    }
    try {
      Path real = file.toRealPath();
      if (open.stream().anyMatch(each -> each.equals(real))) {
        throw unreadable(name, "it includes itself", "remove the include");
      }
      open.add(real);
      Config parsed = hocon(text(file, name), file.toString());
      open.remove(open.size() - 1);
      return parsed;
    } catch (AccessDeniedException e) {
      throw unreadable(name, "permission is denied", "make it readable");
    } catch (IOException e) {
      throw unreadable(name, String.valueOf(e.getMessage()), advice);
    }
  }

  private Config hocon(String text, String origin) {
    String inFull = WorkersShorthand.writtenOut(text);
    Config parsed =
        ConfigFactory.parseString(
            inFull, ConfigParseOptions.defaults().setOriginDescription(origin).setIncluder(this));
    RunNames.refuseRepeated(inFull, parsed);
    return parsed;
  }

  private static String text(Path file, String name) throws IOException {
    if (Files.size(file) > LARGEST) {
      throw unreadable(
          name, "it has " + Files.size(file) + " bytes", "a configuration has at most " + LARGEST);
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CharBuffer text = CharBuffer.allocate(bytes.remaining());
    if (decoder.decode(bytes, text, true).isError()) {
      long line = 1 + text.flip().chars().filter(c -> c == '\n').count();
      throw unreadable(name + ":" + line, "it is not in UTF-8", "save the file in UTF-8");
    }
    return text.flip().toString();
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String what) {
    try {
      Path file =
          open.isEmpty() ? Path.of(what) : open.get(open.size() - 1).resolveSibling(Path.of(what));
      String by = open.isEmpty() ? "an override" : open.get(open.size() - 1).toString();
      String name = what + ", which " + by + " includes";
      return read(file, name, "correct its name, or remove the include").root();
    } catch (InvalidPathException e) {
      throw unreadable("an include", "there is no file " + what, "correct its name");
    }
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File what) {
    return include(context, what.toString());
  }

  @Override
  public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
    throw unreadable("an include", what + " is a URL", "include a file");
  }

  @Override
  public ConfigObject includeResources(ConfigIncludeContext context, String what) {
    throw unreadable("an include", what + " is on the class path", "include a file");
  }

  @Override
  public ConfigIncluder withFallback(ConfigIncluder fallback) {
    return this;
  }

  private static UserException unreadable(String name, String fact, String advice) {
    return new UserException(
        "Cannot read " + Printable.escaped(name + ": " + fact) + " (" + advice + ")");
  }
}
