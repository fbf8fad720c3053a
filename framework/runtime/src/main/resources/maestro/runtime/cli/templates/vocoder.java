package @package@;

import maestro.api.Plugin;
import maestro.api.run.RunContext;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.api.sound.Vocoder;
import org.osgi.service.component.annotations.Component;

/** A bank of sines, one for each mel band, as loud as the band. It sounds like an organ under water. */
@Component
@Plugin(name = "@name@")
public final class @class@ implements Vocoder {
  private static final int RATE = 16_000;
  private static final int HOP = 160;
  private static final double LOUDNESS = 0.01;

  @Override
  public Sound vocode(Mel mel, RunContext run) {
    float[] samples = new float[mel.frames() * HOP];
    for (int band = 0; band < mel.bands(); band++) {
      double step = 2 * Math.PI * hertz((band + 1.0) / (mel.bands() + 1)) / RATE;
      for (int i = 0; i < samples.length; i++) {
        double level = Math.exp(mel.values()[i / HOP * mel.bands() + band]);
        samples[i] += (float) (LOUDNESS * level * Math.sin(step * i));
      }
      run.progress(band + 1L, mel.bands());
    }
    for (int i = 0; i < samples.length; i++) {
      samples[i] = Math.max(-1, Math.min(1, samples[i]));
    }
    return Sound.mono(samples, RATE);
  }

  /** Centre of a band, from 0 to 8 kHz on the mel scale (O'Shaughnessy 1987). */
  private static double hertz(double share) {
    double highest = 2595 * Math.log10(1 + RATE / 2 / 700.0);
    return 700 * (Math.pow(10, share * highest / 2595) - 1);
  }
}
