package maestro.runtime.tests.toys.controlnet;

import java.util.Map;
import maestro.api.Plugin;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.film.TimeLine;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import org.osgi.service.component.annotations.Component;

/** A control that no pack has heard of: 1 in every other half second, whatever the film shows. */
@Component
@Plugin(name = "control.pulse")
public final class PulseControl implements StyleControl {
  @Override
  public int channels() {
    return 1;
  }

  @Override
  public ControlSignal extract(Sound sound, FrameGrid grid) {
    return pulse(grid);
  }

  @Override
  public boolean drawsFromFilm() {
    return true;
  }

  @Override
  public ControlSignal draw(Map<String, TimeLine> film, FrameGrid grid, RunContext run) {
    return pulse(grid);
  }

  private static ControlSignal pulse(FrameGrid grid) {
    float[] values = new float[grid.frames()];
    for (int t = 0; t < values.length; t++) {
      values[t] = t / 50 % 2;
    }
    return new ControlSignal(grid.frames(), 1, values);
  }
}
