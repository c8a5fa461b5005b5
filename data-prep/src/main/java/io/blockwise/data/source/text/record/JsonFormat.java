package io.blockwise.data.source.text.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.util.ArrayList;
import java.util.List;

/**
 * An object of JSON in every line. Immutable.
 *
 * @param columns names of the fields: the label is a text or a whole number
 */
public record JsonFormat(Columns columns) implements RecordFormat {
  @Override
  public boolean isHeader(String line) {
    return false;
  }

  @Override
  public String remedy() {
    return "correct it: a row is one line with an object of JSON, fields "
        + columns.label()
        + " and "
        + String.join(" and ", columns.values())
        + " in it"
        + (columns.areOfNumbers() ? columns.remedy(0, !columns.gaps()) : "");
  }

  @Override
  public String labelKey() {
    return columns.labelKey();
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
      return new TextCursor.Labelled(label(row), texts(row), numbers(row));
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
    JsonNode value = field(row, columns.label());
    if (!value.isTextual() && !value.isIntegralNumber()) {
      throw new BadRecordException("has a label that is neither text nor a whole number");
    }
    return value.asText();
  }

  private List<String> texts(JsonNode row) throws BadRecordException {
    List<String> texts = new ArrayList<>();
    for (String name : columns.texts()) {
      JsonNode value = field(row, name);
      if (!value.isTextual()) {
        throw new BadRecordException("has no text in field " + name);
      }
      texts.add(value.asText());
    }
    return texts;
  }

  private List<String> numbers(JsonNode row) throws BadRecordException {
    List<String> numbers = new ArrayList<>();
    for (String name : columns.numeric()) {
      boolean missing = columns.mayLack(numbers.size()) && !row.hasNonNull(name);
      numbers.add(missing ? "" : number(row, name));
    }
    return numbers;
  }

  private static String number(JsonNode row, String name) throws BadRecordException {
    JsonNode value = field(row, name);
    if (!value.isNumber()) {
      throw new BadRecordException("has no number in field " + name);
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
