package maestro.files.names;

import java.text.Normalizer;
import java.util.Map;

/** Text from files inside of Markdown, LaTeX, HTML and SVG, where it stays text. */
public final class Markup {
  /** LaTeX of the characters that mean something to it, and of common ones beyond ASCII. */
  private static final Map<Integer, String> LATEX =
      Map.ofEntries(
          latex('\\', "\\textbackslash{}"),
          latex('~', "\\textasciitilde{}"),
          latex('^', "\\textasciicircum{}"),
          latex('<', "\\textless{}"),
          latex('>', "\\textgreater{}"),
          latex('|', "\\textbar{}"),
          latex('"', "\\symbol{34}"),
          latex('_', "\\_"),
          latex('%', "\\%"),
          latex('&', "\\&"),
          latex('#', "\\#"),
          latex('$', "\\$"),
          latex('{', "\\{"),
          latex('}', "\\}"),
          latex('\u00a0', "~"),
          latex('§', "\\S{}"),
          latex('©', "\\copyright{}"),
          latex('°', "$^{\\circ}$"),
          latex('²', "$^{2}$"),
          latex('³', "$^{3}$"),
          latex('±', "$\\pm$"),
          latex('×', "$\\times$"),
          latex('µ', "$\\mu$"),
          latex('ß', "\\ss{}"),
          latex('æ', "\\ae{}"),
          latex('Æ', "\\AE{}"),
          latex('œ', "\\oe{}"),
          latex('Œ', "\\OE{}"),
          latex('ø', "\\o{}"),
          latex('Ø', "\\O{}"),
          latex('ł', "\\l{}"),
          latex('Ł', "\\L{}"),
          latex('ı', "\\i{}"),
          latex('–', "--"),
          latex('—', "---"),
          latex('‘', "`"),
          latex('’', "'"),
          latex('“', "``"),
          latex('”', "''"),
          latex('…', "\\ldots{}"),
          latex('→', "$\\rightarrow$"),
          latex('↑', "$\\uparrow$"),
          latex('↓', "$\\downarrow$"),
          latex('∞', "$\\infty$"),
          latex('≤', "$\\leq$"),
          latex('≥', "$\\geq$"),
          latex('≈', "$\\approx$"),
          latex('♭', "$\\flat$"),
          latex('♯', "$\\sharp$"),
          latex('α', "$\\alpha$"),
          latex('β', "$\\beta$"),
          latex('γ', "$\\gamma$"),
          latex('δ', "$\\delta$"),
          latex('λ', "$\\lambda$"),
          latex('μ', "$\\mu$"),
          latex('ρ', "$\\rho$"),
          latex('σ', "$\\sigma$"),
          latex('τ', "$\\tau$"),
          latex('ω', "$\\omega$"));

  /** LaTeX's accents by Unicode's combining characters, as far as every font of LaTeX has them. */
  private static final Map<Integer, String> ACCENTS =
      Map.ofEntries(
          latex('\u0300', "\\`"),
          latex('\u0301', "\\'"),
          latex('\u0302', "\\^"),
          latex('\u0303', "\\~"),
          latex('\u0304', "\\="),
          latex('\u0306', "\\u"),
          latex('\u0307', "\\."),
          latex('\u0308', "\\\""),
          latex('\u030a', "\\r"),
          latex('\u030b', "\\H"),
          latex('\u030c', "\\v"),
          latex('\u0327', "\\c"));

  private Markup() {}

  private static Map.Entry<Integer, String> latex(char character, String text) {
    return Map.entry((int) character, text);
  }

  /**
   * Text of a LaTeX document, which compiles with every engine and with no package: letters with
   * accents are written with LaTeX's own, what it cannot be counted on to know as {@code U+266A}.
   */
  public static String latex(String text) {
    StringBuilder latex = new StringBuilder();
    Normalizer.normalize(Printable.line(text), Normalizer.Form.NFC)
        .codePoints()
        .forEach(c -> latex.append(latex(c)));
    return latex.toString();
  }

  private static String latex(int c) {
    String known = LATEX.get(c);
    if (known != null) {
      return known;
    }
    if (c < 0x80) {
      return Character.toString(c);
    }
    int[] parts =
        Normalizer.normalize(Character.toString(c), Normalizer.Form.NFD).codePoints().toArray();
    return parts.length == 2 && isLetter(parts[0]) && ACCENTS.containsKey(parts[1])
        ? ACCENTS.get(parts[1]) + "{" + Character.toString(parts[0]) + "}"
        : String.format("\\texttt{U+%04X}", c);
  }

  private static boolean isLetter(int c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }

  /** Text of GitHub's Markdown, also inside of a table: one line, without links, code or HTML. */
  public static String markdown(String text) {
    return Printable.line(text)
        .replaceAll("[\\\\`*_\\[\\]|~$#]", "\\\\$0")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;");
  }

  /** Text or the value of an attribute of HTML, SVG and XML. */
  public static String html(String text) {
    return Printable.of(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
