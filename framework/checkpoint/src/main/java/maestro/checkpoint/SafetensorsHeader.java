package maestro.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Header of a safetensors file.
 *
 * @param dataStart where the tensors begin, in bytes from the start of the file
 * @param entries tensors in the order of their bytes
 * @param metadata free text by key
 */
record SafetensorsHeader(long dataStart, List<Entry> entries, Map<String, String> metadata) {
  /** Longest header that is accepted. A hundred thousand tensors fit. */
  static final int MAX_BYTES = 16 << 20;

  private static final int MAX_AXES = 32;
  private static final String METADATA = "__metadata__";

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(4)
                  .maxNumberLength(24)
                  .maxNameLength(4096)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /** Where one tensor stands; offsets count from the start of the data. */
  record Entry(String name, DataType dataType, long[] shape, long begin, long end) {}

  static SafetensorsHeader read(MappedFile file) {
    if (file.size() < 10 || file.slice(8, 1).get() != '{') {
      throw ForeignFile.recognise(file)
          .orElseGet(
              () ->
                  CheckpointException.damaged(
                      file.file(),
                      "a safetensors file has eight bytes of length and a header in JSON, this one"
                          + " of "
                          + file.size()
                          + " bytes has not"));
    }
    long length = file.slice(0, 8).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length > file.size() - 8) {
      throw CheckpointException.damaged(
          file.file(),
          "the header is said to have "
              + Long.toUnsignedString(length)
              + " bytes in a file of "
              + file.size()
              + ", so this is no safetensors file or it was cut off");
    }
    if (length > MAX_BYTES) {
      throw CheckpointException.damaged(
          file.file(), "the header has " + length + " bytes, the limit is " + MAX_BYTES);
    }
    try (JsonParser json = JSON.createParser(text(file, (int) length))) {
      SafetensorsHeader header = new Reader(file.file(), json).read(8 + length);
      header.checkLayout(file);
      return header;
    } catch (JsonProcessingException e) {
      throw CheckpointException.damaged(file.file(), "the header is not JSON: " + firstLine(e), e);
    } catch (IOException e) {
      throw CheckpointException.damaged(file.file(), "the header cannot be read", e);
    }
  }

  /** The header of a file to be written: wider types first, otherwise the given order. */
  static SafetensorsHeader of(
      Path file, Collection<? extends Weight> weights, Map<String, String> metadata) {
    List<Weight> sorted = new ArrayList<>(weights);
    sorted.sort(Comparator.comparingInt((Weight weight) -> weight.dataType().bytes()).reversed());
    List<Entry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>(Set.of(METADATA));
    long at = 0;
    for (Weight weight : sorted) {
      if (!names.add(weight.name())) {
        throw new IllegalArgumentException(
            CheckpointException.label(file)
                + ": the name '"
                + weight.name()
                + "' is reserved or given twice");
      }
      long end = at + weight.byteLength();
      entries.add(new Entry(weight.name(), weight.dataType(), weight.shape(), at, end));
      at = end;
    }
    return new SafetensorsHeader(-1, entries, new TreeMap<>(metadata));
  }

  /**
   * The eight bytes of length and the JSON, padded with blanks so that the data begins at a
   * multiple of 8.
   */
  byte[] toBytes() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(METADATA);
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      for (Entry entry : entries) {
        json.writeObjectFieldStart(entry.name());
        json.writeStringField("dtype", entry.dataType().name());
        json.writeFieldName("shape");
        json.writeArray(entry.shape(), 0, entry.shape().length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {entry.begin(), entry.end()}, 0, 2);
        json.writeEndObject();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    int padded = (text.size() + 7) / 8 * 8;
    byte[] bytes = Arrays.copyOf(text.toByteArray(), padded);
    Arrays.fill(bytes, text.size(), padded, (byte) ' ');
    return ByteBuffer.allocate(8 + padded)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(padded)
        .put(bytes)
        .array();
  }

  private void checkLayout(MappedFile file) {
    long dataLength = file.size() - dataStart;
    long at = 0;
    for (Entry entry : entries) {
      if (entry.begin() != at) {
        throw CheckpointException.damaged(
            file.file(),
            "tensor "
                + CheckpointException.quote(entry.name())
                + " begins at byte "
                + entry.begin()
                + (entry.begin() < at
                    ? " inside the one before it"
                    : " and leaves a gap after byte " + at));
      }
      at = entry.end();
    }
    if (at != dataLength) {
      throw CheckpointException.damaged(
          file.file(),
          "the tensors take " + at + " bytes, the file has " + dataLength + " for them");
    }
  }

  private static String text(MappedFile file, int length) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(file.slice(8, length)).toString();
    } catch (CharacterCodingException e) {
      throw CheckpointException.damaged(file.file(), "the header is not UTF-8 text", e);
    }
  }

  private static String firstLine(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    return message.substring(0, Math.min(message.length(), 160)).replaceAll("\\p{Cntrl}", " ");
  }

  /** Reads the JSON of a header, refusing everything the format does not have. */
  private record Reader(Path file, JsonParser json) {
    SafetensorsHeader read(long dataStart) throws IOException {
      expect(json.nextToken() == JsonToken.START_OBJECT, "the header is not a JSON object");
      List<Entry> entries = new ArrayList<>();
      Map<String, String> metadata = new LinkedHashMap<>();
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        expect(
            json.nextToken() == JsonToken.START_OBJECT,
            CheckpointException.quote(name) + " is not an object");
        if (name.equals(METADATA)) {
          readMetadata(metadata);
        } else {
          entries.add(readEntry(name));
        }
      }
      expect(
          json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null,
          "text follows the header");
      entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
      return new SafetensorsHeader(dataStart, entries, metadata);
    }

    private void readMetadata(Map<String, String> metadata) throws IOException {
      for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
        String value = json.nextTextValue();
        expect(value != null, "metadata " + CheckpointException.quote(key) + " is not text");
        metadata.put(key, value);
      }
    }

    private Entry readEntry(String name) throws IOException {
      String label = "tensor " + CheckpointException.quote(name);
      DataType type = null;
      long[] shape = null;
      long[] offsets = null;
      for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
        switch (key) {
          case "dtype" -> type = dataType(label, json.nextTextValue());
          case "shape" -> shape = numbers(label);
          case "data_offsets" -> offsets = numbers(label);
          default ->
              throw refused(label + " has an unknown entry " + CheckpointException.quote(key));
        }
      }
      expect(
          type != null && shape != null && offsets != null,
          label + " lacks dtype, shape or data_offsets");
      expect(
          offsets.length == 2 && offsets[0] <= offsets[1], label + " has senseless data_offsets");
      long bytes = offsets[1] - offsets[0];
      expect(
          byteLength(label, type, shape) == bytes,
          label
              + " has "
              + bytes
              + " bytes, its shape "
              + Weight.shapeText(shape)
              + " of "
              + type
              + " needs another"
              + " number");
      expect(bytes <= Integer.MAX_VALUE, label + " has more than 2 GiB");
      return new Entry(name, type, shape, offsets[0], offsets[1]);
    }

    private DataType dataType(String label, String name) {
      for (DataType type : DataType.values()) {
        if (type.name().equals(name)) {
          return type;
        }
      }
      if (name != null && name.matches("[FIU][468](_[A-Z0-9_]{1,12})?")) {
        throw new CheckpointException(
            CheckpointException.label(file),
            label
                + " holds numbers of few bits ("
                + name
                + "), a form for the memory of some GPUs that is not read",
            CheckpointException.WIDER);
      }
      throw refused(
          label
              + " has the data type "
              + CheckpointException.quote(String.valueOf(name))
              + ", which is not among "
              + Arrays.toString(DataType.values()));
    }

    private long[] numbers(String label) throws IOException {
      expect(
          json.nextToken() == JsonToken.START_ARRAY,
          label + " has a shape or an offset that is no list");
      long[] numbers = new long[MAX_AXES];
      int count = 0;
      while (json.nextToken() != JsonToken.END_ARRAY) {
        expect(
            json.currentToken() == JsonToken.VALUE_NUMBER_INT
                && count < MAX_AXES
                && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                && json.getLongValue() >= 0,
            label + " has a shape or an offset that is no short list of whole numbers");
        numbers[count++] = json.getLongValue();
      }
      return Arrays.copyOf(numbers, count);
    }

    private long byteLength(String label, DataType type, long[] shape) {
      try {
        return Math.multiplyExact(Weight.elements(shape), type.bytes());
      } catch (ArithmeticException e) {
        throw CheckpointException.damaged(
            file, label + " has the impossible shape " + Weight.shapeText(shape), e);
      }
    }

    private void expect(boolean holds, String otherwise) {
      if (!holds) {
        throw refused(otherwise);
      }
    }

    private CheckpointException refused(String cause) {
      return CheckpointException.damaged(file, cause);
    }
  }
}
