package maestro.packs;

import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;

/** Architecture numbers of a part with their defaults. */
record Numbers(String part, Map<String, Object> values) {
  private static final int LARGEST = 1 << 20;

  int number(String key, int fallback) {
    Object value = values.getOrDefault(key, fallback);
    if (value instanceof Number number
        && number.doubleValue() == number.intValue()
        && number.intValue() >= 0
        && number.intValue() <= LARGEST) {
      return number.intValue();
    }
    throw refused(key, "is no whole number from 0 to " + LARGEST);
  }

  int positive(String key, int fallback) {
    int number = number(key, fallback);
    if (number == 0) {
      throw refused(key, "is 0");
    }
    return number;
  }

  List<Integer> list(String key, List<Integer> fallback) {
    if (!(values.getOrDefault(key, fallback) instanceof List<?> list)
        || list.isEmpty()
        || list.size() > 16) {
      throw refused(key, "is no short list");
    }
    return list.stream().map(item -> new Numbers(part, Map.of(key, item)).number(key, 0)).toList();
  }

  String text(String key, String fallback) {
    return String.valueOf(values.getOrDefault(key, fallback));
  }

  Map<?, ?> map(String key) {
    return values.get(key) instanceof Map<?, ?> map ? map : Map.of();
  }

  private MaestroException refused(String key, String why) {
    return new MaestroException(
        MaestroException.Kind.INPUT,
        "part " + part,
        "its architecture number " + key + " " + why,
        "mend pack.json");
  }
}
