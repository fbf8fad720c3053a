package maestro.latent.vmunet;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.FillRule;

/** The small networks the reference numbers were made with, and their inputs. */
final class Tiny {
  private Tiny() {}

  static UNetConfig unet(VideoConditioning conditioning) {
    return unet(HeadRule.channelsPerHead(32), conditioning);
  }

  static UNetConfig unet(HeadRule rule, VideoConditioning conditioning) {
    return UNetConfig.of(32, rule, 16, conditioning);
  }

  static ControlConfig controls() {
    Map<String, Integer> controls = new LinkedHashMap<>(ControlConfig.paper().controls());
    return new ControlConfig(controls, List.of(16, 32), ControlConfig.Injection.LEVELS);
  }

  static FloatTensor latent() {
    return FloatTensor.of(FillRule.random("input:z", 8 * 32 * 16), 1, 8, 32, 16);
  }

  static FloatTensor film() {
    return FloatTensor.of(FillRule.random("input:film", 16), 1, 16);
  }

  /** One pitch class a frame. */
  static FloatTensor melody() {
    float[] classes = FillRule.random("input:mel12", 128);
    float[] values = new float[12 * 128];
    for (int t = 0; t < 128; t++) {
      values[(int) Math.floor((classes[t] + 1) * 6) * 128 + t] = 1;
    }
    return FloatTensor.of(values, 1, 12, 128, 1);
  }

  static FloatTensor dynamics() {
    return FloatTensor.of(FillRule.random("input:dyn", 128), 1, 1, 128, 1);
  }
}
