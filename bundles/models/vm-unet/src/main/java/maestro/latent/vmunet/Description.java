package maestro.latent.vmunet;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.pack.PackPart;

/** The architecture numbers of one part of a pack, read with checks. */
final class Description {
  private final String part;
  private final Map<String, Object> values;

  Description(PackPart part) {
    this(part.name(), part.architecture());
  }

  Description(String part, Map<String, Object> values) {
    this.part = part;
    this.values = values;
  }

  boolean has(String key) {
    return values.get(key) != null;
  }

  boolean isText(String key) {
    return values.get(key) instanceof String;
  }

  int integer(String key, int otherwise) {
    Object value = values.get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Number number && number.doubleValue() == number.intValue()) {
      return number.intValue();
    }
    throw refused(key, value, "a whole number");
  }

  double number(String key, double otherwise) {
    Object value = values.get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw refused(key, value, "a number");
  }

  String text(String key, String otherwise) {
    Object value = values.get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof String text) {
      return text;
    }
    throw refused(key, value, "a word");
  }

  List<Integer> integers(String key, List<Integer> otherwise) {
    Object value = values.get(key);
    if (value == null) {
      return otherwise;
    }
    List<Integer> integers = new ArrayList<>();
    if (value instanceof List<?> list) {
      for (Object one : list) {
        if (!(one instanceof Number number) || number.doubleValue() != number.intValue()) {
          throw refused(key, value, "a list of whole numbers");
        }
        integers.add(number.intValue());
      }
      return integers;
    }
    throw refused(key, value, "a list of whole numbers");
  }

  /** Numbers, one or a list, or null when there are none. */
  float[] numbers(String key) {
    Object value = values.get(key);
    if (value == null) {
      return null;
    }
    List<?> list = value instanceof List<?> many ? many : List.of(value);
    float[] numbers = new float[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      if (!(list.get(i) instanceof Number number)) {
        throw refused(key, value, "a number or a list of numbers");
      }
      numbers[i] = number.floatValue();
    }
    return numbers;
  }

  /** The description under a key; empty when there is none. */
  Description inside(String key) {
    Object value = values.get(key);
    if (value == null) {
      return new Description(part, Map.of());
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> inner = new java.util.LinkedHashMap<>();
      map.forEach((name, one) -> inner.put(String.valueOf(name), one));
      return new Description(part, inner);
    }
    throw refused(key, value, "an object");
  }

  List<String> keys() {
    return List.copyOf(values.keySet());
  }

  MaestroException refused(String key, Object value, String wanted) {
    return refused("'" + key + "' is " + value + ", must be " + wanted, null);
  }

  /** Says that the description makes no sense. */
  MaestroException refused(String cause, Throwable underlying) {
    return new MaestroException(
        MaestroException.Kind.CONFIGURATION,
        part,
        "its description in the model pack cannot be used: " + cause,
        "mend the architecture in pack.json, or assemble the pack anew",
        underlying);
  }
}
