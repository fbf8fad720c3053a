package maestro.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CropTest {
  @Test
  void halfAPixelGoesToEvenForTorchvisionAndDownForTransformers() {
    // 3 pixels too many: half of them is 1.5, which rounds to 2 and truncates to 1.
    Picture picture = ramp(8, 5);
    assertThat(Crop.centre(picture, 5).at(0, 0, 0)).isEqualTo(2);
    assertThat(Crop.centreRoundedDown(picture, 5).at(0, 0, 0)).isEqualTo(1);
    // 1 pixel too many: 0.5 rounds to 0.
    assertThat(Crop.centre(ramp(6, 5), 5).at(0, 0, 0)).isEqualTo(0);
  }

  @Test
  void centreSquareTakesTheShorterSide() {
    Picture square = Crop.centreSquare(ramp(9, 5));
    assertThat(square.width()).isEqualTo(5);
    assertThat(square.height()).isEqualTo(5);
    assertThat(square.at(0, 0, 0)).isEqualTo(2);
  }

  @Test
  void aSliceEndsWithThePicture() {
    Picture slice = Crop.slice(ramp(224, 224), 10, 234);
    assertThat(slice.width()).isEqualTo(214);
    assertThat(slice.height()).isEqualTo(214);
    assertThat(slice.at(0, 0, 0)).isEqualTo(20);
  }

  @Test
  void refusesWhatLiesOutside() {
    assertThatThrownBy(() -> Crop.at(ramp(4, 4), 1, 0, 4, 4)).hasMessageContaining("not inside");
    assertThatThrownBy(() -> Crop.centre(ramp(4, 4), 5)).hasMessageContaining("not inside");
  }

  @Test
  void normalisesChannelByChannelIntoPlanes() {
    Picture picture = new Picture(2, 1, 3, new byte[] {0, (byte) 128, (byte) 255, 10, 20, 30});
    float[] out = new float[7];
    Normalisation.CLIP.write(picture, out, 1);
    assertThat(out[0]).isZero();
    assertThat(out[1]).isCloseTo(-0.48145466f / 0.26862954f, within(1e-6f));
    assertThat(out[2]).isCloseTo((10 / 255f - 0.48145466f) / 0.26862954f, within(1e-6f));
    assertThat(out[3]).isCloseTo((128 / 255f - 0.4578275f) / 0.26130258f, within(1e-6f));
    assertThat(out[5]).isCloseTo((1 - 0.40821073f) / 0.27577711f, within(1e-6f));
    assertThatThrownBy(() -> Normalisation.CLIP.write(ramp(2, 2), out, 0))
        .hasMessageContaining("3 channels, the picture has 1");
  }

  private static Picture ramp(int width, int height) {
    byte[] values = new byte[width * height];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (i % width + i / width);
    }
    return new Picture(width, height, 1, values);
  }
}
