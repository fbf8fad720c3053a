package maestro.launcher;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which signatures a distribution asks for is its own affair: files in a user's home may ask for
 * more, never for less.
 */
final class SignatureRules {
  static final String REQUIRED = "maestro.require-signature";
  static final String TRUSTED = "maestro.trusted-signers";

  private SignatureRules() {}

  /**
   * The properties of all features, with no rule milder than the distribution's.
   *
   * @param distribution framework properties of the distribution's features alone
   * @param all those of the home's features on top
   */
  static Map<String, String> stricter(Map<String, String> distribution, Map<String, String> all) {
    Map<String, String> rules = new TreeMap<>(all);
    if (Boolean.parseBoolean(distribution.get(REQUIRED))) {
      rules.put(REQUIRED, "true");
    }
    Set<String> shipped = words(distribution.get(TRUSTED));
    if (!shipped.isEmpty()) {
      Set<String> both = words(all.get(TRUSTED));
      both.retainAll(shipped);
      rules.put(TRUSTED, String.join(",", both.isEmpty() ? shipped : both));
    }
    return rules;
  }

  private static Set<String> words(String list) {
    return list == null || list.isBlank()
        ? new TreeSet<>()
        : new TreeSet<>(Arrays.asList(list.trim().split("\\s*,\\s*")));
  }
}
