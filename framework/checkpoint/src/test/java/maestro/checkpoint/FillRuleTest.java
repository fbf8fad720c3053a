package maestro.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class FillRuleTest {
  private static final Offset<Float> ROUNDING = within(1e-7f);

  @Test
  void theNumbersOfAName() {
    assertThat(FillRule.random("a", 5))
        .containsExactly(
            new float[] {.54630109f, -.77311054f, -.96552178f, -.8762589f, .90715801f}, ROUNDING);
    assertThat(FillRule.random("input:x", 3))
        .containsExactly(new float[] {-.37109506f, -.7466723f, .23911808f}, ROUNDING);
  }

  @Test
  void eachKindOfTensorHasItsScale() {
    assertThat(ratio("bn.running_var", 1, 9)).isCloseTo(0.25f, within(1e-5f));
    assertThat(ratio("bn.running_mean", 0, 9)).isCloseTo(0.1f, within(1e-5f));
    assertThat(ratio("conv.weight", 0, 2, 3, 4)).isCloseTo(0.5f, within(1e-5f));
    assertThat(ratio("norm.weight", 1, 9)).isCloseTo(0.1f, within(1e-5f));
    assertThat(ratio("norm.bias", 0, 9)).isCloseTo(0.05f, within(1e-5f));
    assertThat(ratio("alpha", 0)).isCloseTo(0.05f, within(1e-5f));
  }

  private static float ratio(String name, float offset, long... shape) {
    return (FillRule.tensor(name, shape).values()[0] - offset) / FillRule.random(name, 1)[0];
  }
}
