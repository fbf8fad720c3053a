package maestro.metric.replication;

import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.signal.LogMel;

/**
 * The log-mel of a sound in steps of 40 ms: means of four frames of AudioLDM's front end, in
 * natural logarithm, and −8 where they are lower, so that near-silence has no shape.
 *
 * @param frames 25 a second; a rest shorter than 40 ms is left out
 * @param values {@code [64][frames]}, band after band, so that a passage can slide along rows
 */
record Levels(int frames, float[] values) {
  private static final String NAME = "levels";
  private static final int STEP = 4;
  private static final float FLOOR = -8;

  static Levels of(Sound sound) {
    if (sound.length() == 0) {
      return new Levels(0, new float[0]);
    }
    Mel mel = new LogMel().mel(sound);
    int frames = mel.frames() / STEP;
    float[] values = new float[LogMel.BANDS * frames];
    for (int t = 0; t < frames; t++) {
      for (int m = 0; m < LogMel.BANDS; m++) {
        float sum = 0;
        for (int k = 0; k < STEP; k++) {
          sum += mel.values()[(t * STEP + k) * LogMel.BANDS + m];
        }
        values[m * frames + t] = Math.max(FLOOR, sum / STEP);
      }
    }
    return new Levels(frames, values);
  }

  static Levels of(NamedTensors kept) {
    FloatTensor levels = kept.get(NAME);
    return new Levels(levels.axis(1), levels.values());
  }

  NamedTensors tensors() {
    return NamedTensors.of(NAME, FloatTensor.of(values, LogMel.BANDS, frames));
  }
}
