package maestro.runtime.tests.toys.control;

import java.util.Arrays;
import maestro.api.Plugin;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.sound.Sound;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * A control without settings: its bundle's micro version in every frame, as long as it is active.
 */
@Component
@Plugin(name = "control.toy")
public final class ToyControl implements StyleControl {
  private volatile boolean active = true;

  @Deactivate
  void stop() {
    active = false;
  }

  @Override
  public int channels() {
    return 1;
  }

  @Override
  public ControlSignal extract(Sound sound, FrameGrid grid) {
    if (!active) {
      throw new IllegalStateException("used after it was stopped");
    }
    float[] values = new float[grid.frames()];
    Arrays.fill(values, FrameworkUtil.getBundle(ToyControl.class).getVersion().getMicro());
    return new ControlSignal(grid.frames(), 1, values);
  }
}
