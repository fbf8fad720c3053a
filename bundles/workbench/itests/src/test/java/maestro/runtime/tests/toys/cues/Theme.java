package maestro.runtime.tests.toys.cues;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import maestro.api.node.Cues;
import maestro.api.node.Kind;
import maestro.api.node.Timing;
import maestro.api.node.Timing.Span;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;

/**
 * Tones, each with a frequency in Hz and a length in seconds, one after the other.
 *
 * @param tones frequency and length
 */
public record Theme(List<float[]> tones) {
  /** Themes of cues follow each other; a rest (0 Hz) fills what is between them. */
  static final Kind<Theme> KIND =
      Kind.of("theme", Theme.class, new ThemeForm()).fittingCues(new OneAfterTheOther());

  private static final class ThemeForm implements Kind.Form<Theme> {
    @Override
    public NamedTensors write(Theme theme) {
      float[] values = new float[2 * theme.tones.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = theme.tones.get(i / 2)[i % 2];
      }
      return new NamedTensors(
          Map.of("tones", FloatTensor.of(values, theme.tones.size(), 2)), Map.of());
    }

    @Override
    public Theme read(NamedTensors tensors) {
      float[] values = tensors.get("tones").values();
      List<float[]> tones = new ArrayList<>();
      for (int i = 0; i < values.length; i += 2) {
        tones.add(new float[] {values[i], values[i + 1]});
      }
      return new Theme(tones);
    }
  }

  private static final class OneAfterTheOther implements Kind.CueFit<Theme> {
    @Override
    public Theme part(Theme whole, Timing timing, Span cue) {
      return whole;
    }

    @Override
    public Theme join(List<Theme> themes, Timing timing, Cues cues) {
      List<float[]> tones = new ArrayList<>();
      double reached = timing.startSeconds();
      for (int i = 0; i < themes.size(); i++) {
        Span cue = cues.spans().get(i);
        tones.add(new float[] {0, (float) (cue.beginSeconds() - reached)});
        tones.addAll(themes.get(i).tones);
        reached = cue.endSeconds();
      }
      return new Theme(tones);
    }
  }
}
