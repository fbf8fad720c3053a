package maestro.files.names;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MarkupTest {
  @Test
  void everySpecialCharacterOfLatexIsText() {
    assertThat(Markup.latex("\\")).isEqualTo("\\textbackslash{}");
    assertThat(Markup.latex("a\\{b}")).isEqualTo("a\\textbackslash{}\\{b\\}");
    assertThat(Markup.latex("\\_\\%")).isEqualTo("\\textbackslash{}\\_\\textbackslash{}\\%");
    assertThat(Markup.latex("~^_%&#$"))
        .isEqualTo("\\textasciitilde{}\\textasciicircum{}\\_\\%\\&\\#\\$");
    assertThat(Markup.latex("<a|b>\""))
        .isEqualTo("\\textless{}a\\textbar{}b\\textgreater{}\\symbol{34}");
  }

  @Test
  void latexIsAsciiOfOneLineWhateverTheTextIs() {
    assertThat(Markup.latex("Dvořák ± ñ")).isEqualTo("Dvo\\v{r}\\'{a}k $\\pm$ \\~{n}");
    assertThat(Markup.latex("e\u0301")).isEqualTo("\\'{e}");
    assertThat(Markup.latex("♪ \ud83c\udfb5 漢"))
        .isEqualTo("\\texttt{U+266A} \\texttt{U+1F3B5} \\texttt{U+6F22}");
    StringBuilder all = new StringBuilder();
    for (int c = 0; c < 0x3000; c++) {
      all.appendCodePoint(c);
    }
    assertThat(Markup.latex(all.toString())).matches("[ -~]*");
  }

  @Test
  void markdownStaysInItsCell() {
    assertThat(Markup.markdown("a|b`c`<i>*x*_y_[z](w)\\\n# h"))
        .isEqualTo("a\\|b\\`c\\`&lt;i&gt;\\*x\\*\\_y\\_\\[z\\](w)\\\\\\\\n\\# h");
    assertThat(Markup.markdown("\u001b[31mé\u202e")).isEqualTo("\\\\u001b\\[31mé\\\\u202e");
    assertThat(Markup.markdown("without encoder.clip (2 styles), 95 %"))
        .isEqualTo("without encoder.clip (2 styles), 95 %");
  }

  @Test
  void htmlIsText() {
    assertThat(Markup.html("<b a='1' c=\"2\">&\u0007"))
        .isEqualTo("&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;\\u0007");
  }
}
