package maestro.tensor;

import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;

/**
 * Architecture numbers of a part of a pack, read with bounds, so that whoever builds a network of
 * them builds no giant.
 *
 * @param part in messages
 * @param values as the pack says them
 */
public record ArchitectureNumbers(String part, Map<String, Object> values) {
  private static final int MANY = 256;
  private static final int SHORT = 16;

  private static final int LARGEST = 1 << 20;

  /**
   * A whole number from 0 to 1,048,576.
   *
   * @throws MaestroException of kind INPUT when it is none
   */
  public int number(String key, int fallback) {
    Object value = values.getOrDefault(key, fallback);
    if (value instanceof Number number
        && number.doubleValue() == number.intValue()
        && number.intValue() >= 0
        && number.intValue() <= LARGEST) {
      return number.intValue();
    }
    throw refused(key, "is no whole number from 0 to " + LARGEST);
  }

  /** The same, and not 0. */
  public int positive(String key, int fallback) {
    int number = number(key, fallback);
    if (number == 0) {
      throw refused(key, "is 0");
    }
    return number;
  }

  /** A count of blocks or layers, from 1 to 256. */
  public int count(String key, int fallback) {
    int count = positive(key, fallback);
    if (count > MANY) {
      throw refused(key, "is above " + MANY);
    }
    return count;
  }

  /** A list of 1 to 16 such numbers. */
  public List<Integer> list(String key, List<Integer> fallback) {
    if (!(values.getOrDefault(key, fallback) instanceof List<?> list)
        || list.isEmpty()
        || list.size() > SHORT) {
      throw refused(key, "is no short list");
    }
    return list.stream()
        .map(item -> new ArchitectureNumbers(part, Map.of(key, item)).number(key, 0))
        .toList();
  }

  /** A word. */
  public String text(String key, String fallback) {
    return String.valueOf(values.getOrDefault(key, fallback));
  }

  /** An object; empty when there is none. */
  public Map<?, ?> map(String key) {
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
