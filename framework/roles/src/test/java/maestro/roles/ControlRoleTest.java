package maestro.roles;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.host.PluginDescription;
import maestro.api.node.Port;
import maestro.api.node.Role.Given;
import maestro.api.sound.Sound;
import org.junit.jupiter.api.Test;

final class ControlRoleTest {
  private static final Given WITH_STYLE = new Given(true, Set.of(), true);
  private static final Given WITHOUT = new Given(false, Set.of(), true);

  private record Control(boolean hears, boolean drawsFromFilm) implements StyleControl {
    @Override
    public int channels() {
      return 1;
    }

    @Override
    public ControlSignal extract(Sound sound, FrameGrid grid) {
      return ControlSignal.zero(grid.frames(), 1);
    }
  }

  private static List<String> takes(StyleControl control, Given given) {
    PluginDescription plugin =
        new PluginDescription(
            "control.x",
            "StyleControl",
            new PluginDescription.Code("maestro.control.x", "1.0.0", "", ""),
            PluginDescription.Declaration.NONE,
            List.of());
    return new ControlRole()
        .nodes(plugin, control, given).get("").inputs().stream().map(Port::name).toList();
  }

  @Test
  void aControlHearsTheStylePieceOrElseFollowsTheFilm() {
    Control control = new Control(true, true);
    assertThat(takes(control, WITH_STYLE)).contains("style").doesNotContain("feature");
    assertThat(takes(control, WITHOUT)).contains("feature").doesNotContain("style");
  }

  @Test
  void oneThatDoesNotHearFollowsTheFilmEvenWithAStylePiece() {
    assertThat(takes(new Control(false, true), WITH_STYLE))
        .contains("feature")
        .doesNotContain("style");
    assertThat(takes(new Control(false, false), WITH_STYLE))
        .as("but one that cannot be drawn has nothing else")
        .contains("style");
  }
}
