package io.blockwise.data.source.text.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;

/**
 * An object of JSON in every line. Immutable.
 *
 * @param label name of the field with the label: a text or a whole number
 * @param text name of the field with the text
 */
public record JsonFormat(String label, String text) implements RecordFormat {
  @Override
  public boolean isHeader(String line) {
    return false;
  }

  @Override
  public String remedy() {
    return "correct it: a row is one line with an object of JSON, fields "
        + label
        + " and "
        + text
        + " in it";
  }

  @Override
  public RecordParser parser() {
    ObjectMapper mapper =
        new ObjectMapper()
            .enable(
                DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);
    return line -> {
      JsonNode row = row(mapper, line);
      return new TextCursor.Labelled(label(row), text(row));
    };
  }

  private static JsonNode row(ObjectMapper mapper, String line) throws BadRecordException {
    try {
      JsonNode row = mapper.readTree(line);
      if (row.isObject()) {
        return row;
      }
    } catch (MismatchedInputException e) {
      throw new BadRecordException("has more than one object of JSON, or a field twice");
    } catch (JsonProcessingException e) {
      // told below, in words of ours
    }
    throw new BadRecordException("is no object of JSON");
  }

  private String label(JsonNode row) throws BadRecordException {
    JsonNode value = field(row, label);
    if (!value.isTextual() && !value.isIntegralNumber()) {
      throw new BadRecordException("has a label that is neither text nor a whole number");
    }
    return value.asText();
  }

  private String text(JsonNode row) throws BadRecordException {
    JsonNode value = field(row, text);
    if (!value.isTextual()) {
      throw new BadRecordException("has no text in field " + text);
    }
    return value.asText();
  }

  private static JsonNode field(JsonNode row, String name) throws BadRecordException {
    JsonNode value = row.get(name);
    if (value == null) {
      throw new BadRecordException("has no field " + name);
    }
    return value;
  }
}
