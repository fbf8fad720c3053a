package @package@;

import maestro.api.Plugin;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.sound.Sound;
import org.osgi.service.component.annotations.Component;

/** The share of zero crossings in each frame, 0 ... 1: low for a bass, high for a cymbal. */
@Component
@Plugin(name = "@name@")
public final class @class@ implements StyleControl {
  @Override
  public int channels() {
    return 1;
  }

  @Override
  public ControlSignal extract(Sound sound, FrameGrid grid) {
    float[] samples = sound.channels()[0];
    double perFrame = (double) grid.hopSamples() * sound.sampleRateHz() / grid.sampleRateHz();
    float[] values = new float[grid.frames()];
    for (int t = 0; t < values.length; t++) {
      int from = (int) Math.min(samples.length, Math.round(t * perFrame));
      int to = (int) Math.min(samples.length, Math.round((t + 1) * perFrame));
      int crossings = 0;
      for (int i = from + 1; i < to; i++) {
        crossings += samples[i] >= 0 != samples[i - 1] >= 0 ? 1 : 0;
      }
      values[t] = to - from > 1 ? (float) crossings / (to - from - 1) : 0;
    }
    return new ControlSignal(grid.frames(), 1, values);
  }
}
