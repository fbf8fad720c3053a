package maestro.api.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import maestro.api.host.PluginDescription.Code;
import maestro.api.host.PluginDescription.Declaration;
import maestro.api.host.PluginDescription.Setting;
import org.junit.jupiter.api.Test;

/** With made-up plugins; {@code both.fish} became {@code head.fish} and {@code tail.fish}. */
final class PluginNamesTest {
  private final List<PluginDescription> plugins =
      new ArrayList<>(
          List.of(
              plugin("head.fish", "both.fish", "scales", "eyes"),
              plugin("tail.fish", "both.fish", "scales", "fins"),
              plugin("bird.lark", "bird.skylark", "wings")));

  private static PluginDescription plugin(String name, String before, String... settings) {
    return new PluginDescription(
        name,
        "Animal",
        new Code("zoo", "1.0.0", "00", "00"),
        new Declaration("", List.of(), List.of(), List.of(), List.of(before)),
        Arrays.stream(settings)
            .map(one -> new Setting(one, "String", "", "", "", List.of(), ""))
            .toList());
  }

  private final class Zoo implements PluginRegistry {
    @Override
    public List<PluginDescription> plugins() {
      return plugins;
    }

    @Override
    public PluginDescription describe(Class<?> kind, String name) {
      throw new UnsupportedOperationException("not asked for here");
    }

    @Override
    public <T> PluginLease<T> lease(Class<T> kind, String name, Map<String, Object> settings) {
      throw new UnsupportedOperationException("not asked for here");
    }

    @Override
    public void check(Class<?> kind, String name, Map<String, Object> settings) {
      throw new UnsupportedOperationException("not asked for here");
    }

    @Override
    public String code(Class<?> type) {
      throw new UnsupportedOperationException("not asked for here");
    }
  }

  private PluginNames names() {
    return PluginNames.of(new Zoo());
  }

  @Test
  void aDividedPluginLeavesItsNameToAllItsParts() {
    assertThat(names().all("both.fish")).containsExactly("head.fish", "tail.fish");
    assertThat(names().all("bird.skylark")).containsExactly("bird.lark");
    assertThat(names().all("tail.fish")).containsExactly("tail.fish");
  }

  @Test
  void onlyANameThatBelongsToOneIsReplacedByOne() {
    assertThat(names().current("bird.skylark")).isEqualTo("bird.lark");
    assertThat(names().current("both.fish")).isEqualTo("both.fish");
    assertThat(names().current("anything")).isEqualTo("anything");
  }

  @Test
  void eachPartGetsTheSettingsThatItHasAndAllGetWhatNoneHas() {
    assertThat(names().divided("both.fish", Map.of("scales", 1, "eyes", 2, "wings", 3)))
        .isEqualTo(
            Map.of(
                "head.fish", Map.of("scales", 1, "eyes", 2, "wings", 3),
                "tail.fish", Map.of("scales", 1, "wings", 3)));
    assertThat(names().divided("both.fish", Map.of("fins", 4)))
        .isEqualTo(Map.of("head.fish", Map.of(), "tail.fish", Map.of("fins", 4)));
    assertThat(names().divided("bird.skylark", Map.of("legs", 2)))
        .isEqualTo(Map.of("bird.lark", Map.of("legs", 2)));
    assertThat(names().divided("head.fish", Map.of("fins", 4)))
        .isEqualTo(Map.of("head.fish", Map.of("fins", 4)));
  }

  @Test
  void whoHasTheNameTodayKeepsIt() {
    plugins.add(plugin("both.fish", "fish"));
    assertThat(names().all("both.fish")).containsExactly("both.fish");
    assertThat(names().all("fish")).containsExactly("both.fish");
  }
}
