package maestro.packs;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What licences ask of whoever uses weights, as far as their usual names tell. */
final class Licences {
  private enum Term {
    ATTRIBUTION("attribution"),
    LIBRARY_COPYLEFT("copyleft of the work itself"),
    SHARE_ALIKE("share-alike"),
    NON_COMMERCIAL("the limit to non-commercial use"),
    NO_DERIVATIVES("the limit to unchanged copies");

    private final String words;

    Term(String words) {
      this.words = words;
    }
  }

  /** Words, upper case, and the terms they stand for. */
  private static final Map<Pattern, Set<Term>> KNOWN =
      Map.of(
          Pattern.compile("\\bCC[ -]?0\\b|PUBLIC DOMAIN|\\bPDM\\b|UNLICENSE|\\b0BSD\\b"),
              EnumSet.noneOf(Term.class),
          Pattern.compile("\\bMIT\\b|\\bBSD|APACHE|\\bISC\\b|\\bZLIB\\b|\\bCC[ -]BY"),
              EnumSet.of(Term.ATTRIBUTION),
          Pattern.compile("\\bLGPL|\\bMPL|\\bEPL|\\bCDDL"),
              EnumSet.of(Term.ATTRIBUTION, Term.LIBRARY_COPYLEFT),
          Pattern.compile("\\bA?GPL|\\bEUPL|BY-(NC-)?SA|SHARE-?ALIKE"),
              EnumSet.of(Term.ATTRIBUTION, Term.LIBRARY_COPYLEFT, Term.SHARE_ALIKE),
          Pattern.compile("BY-NC|NON-?COMMERCIAL|RESEARCH (USE )?ONLY|PROPRIETARY|RIGHTS RESERVED"),
              EnumSet.of(Term.NON_COMMERCIAL),
          Pattern.compile("BY-(NC-)?ND|NO-?DERIVATIVES"), EnumSet.of(Term.NO_DERIVATIVES));

  private Licences() {}

  /**
   * What a licence asks for and another does not; empty when there is nothing, or the one that is
   * carried says nothing that is known.
   *
   * @param given words, or null
   * @param carried words, or null
   */
  static Optional<String> lost(String given, String carried) {
    if (carried == null || given != null && says(given, carried)) {
      return Optional.empty();
    }
    Set<Term> lost = terms(carried);
    lost.removeAll(terms(given == null ? "" : given));
    return lost.isEmpty()
        ? Optional.empty()
        : Optional.of(lost.stream().map(term -> term.words).collect(Collectors.joining(", ")));
  }

  /** Whether words stand in others, as words: GPL-3.0 does not in LGPL-3.0. */
  private static boolean says(String given, String carried) {
    return Pattern.compile("(?<![\\w.-])" + Pattern.quote(carried) + "(?![\\w-])")
        .matcher(given)
        .find();
  }

  private static Set<Term> terms(String words) {
    Set<Term> terms = EnumSet.noneOf(Term.class);
    String upper = words.toUpperCase(Locale.ROOT);
    KNOWN.forEach(
        (pattern, meant) -> {
          if (pattern.matcher(upper).find()) {
            terms.addAll(meant);
          }
        });
    return terms;
  }
}
