package maestro.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import maestro.api.tensor.FloatTensor;
import org.junit.jupiter.api.Test;

class HalfTest {
  @Test
  void everyHalfComesBackAsItWas() {
    for (int half = 0; half < 1 << 16; half++) {
      float value = DataType.halfToFloat((short) half);
      if (Float.isNaN(value)) {
        assertThat(DataType.halfToFloat(DataType.floatToHalf(value))).isNaN();
      } else {
        assertThat(DataType.floatToHalf(value)).as("half %04x", half).isEqualTo((short) half);
      }
    }
  }

  @Test
  void whatLiesBetweenGoesToTheNearerAndToEvenInTheMiddle() {
    for (int half = 0; half < 0x7bff; half++) {
      float below = DataType.halfToFloat((short) half);
      float above = DataType.halfToFloat((short) (half + 1));
      float middle = (below + above) / 2; // exact: one bit more than a half has
      assertThat(DataType.floatToHalf(middle)).isEqualTo((short) (half + (half & 1)));
      assertThat(DataType.floatToHalf(Math.nextDown(middle))).isEqualTo((short) half);
      assertThat(DataType.floatToHalf(Math.nextUp(middle))).isEqualTo((short) (half + 1));
      assertThat(DataType.floatToHalf(-middle)).isEqualTo((short) (0x8000 | half + (half & 1)));
    }
    assertThat(DataType.floatToHalf(65519)).isEqualTo((short) 0x7bff);
    assertThat(DataType.floatToHalf(65520)).isEqualTo((short) 0x7c00);
  }

  @Test
  void aWeightInHalfPrecisionTakesHalfTheBytes() {
    Weight half = Weight.of("w", FloatTensor.of(new float[] {1, -2.5f, 1e-8f}, 3)).toHalf();
    assertThat(half.dataType()).isEqualTo(DataType.F16);
    assertThat(half.data().remaining()).isEqualTo(6);
    assertThat(half.toFloats()).containsExactly(1, -2.5f, 0);
    assertThat(half.toHalf()).isSameAs(half);
  }
}
