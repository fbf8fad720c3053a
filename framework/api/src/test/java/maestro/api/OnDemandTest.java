package maestro.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import maestro.api.host.OnDemand;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import org.junit.jupiter.api.Test;

final class OnDemandTest {
  private final List<String> events = new ArrayList<>();

  @Test
  void leasesOnceWhenFirstAskedAndGivesBack() {
    OnDemand<String> plugin = OnDemand.lease(new OneWord(), String.class, "word");
    plugin.close();
    assertThat(events).isEmpty();
    assertThat(plugin.get()).isEqualTo("word");
    assertThat(plugin.get()).isEqualTo("word");
    plugin.close();
    plugin.close();
    assertThat(events).containsExactly("leased word", "closed word");
    assertThat(plugin.get()).isEqualTo("word");
    assertThat(events).hasSize(3);
  }

  @Test
  void whatIsThereAlreadyStaysThere() {
    OnDemand<String> plugin = OnDemand.of("word");
    plugin.close();
    assertThat(plugin.get()).isEqualTo("word");
  }

  /** Its only plugins are the names one asks for. */
  private final class OneWord implements PluginRegistry {
    @Override
    public List<PluginDescription> plugins() {
      return List.of();
    }

    @Override
    public PluginDescription describe(Class<?> kind, String name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String code(Class<?> type) {
      return "00";
    }

    @Override
    public void check(Class<?> kind, String name, Map<String, Object> settings) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <T> PluginLease<T> lease(Class<T> kind, String name, Map<String, Object> settings) {
      events.add("leased " + name);
      return new PluginLease<>() {
        @Override
        public T service() {
          return kind.cast(name);
        }

        @Override
        public PluginDescription plugin() {
          throw new UnsupportedOperationException();
        }

        @Override
        public Map<String, Object> settings() {
          return settings;
        }

        @Override
        public String identity() {
          return name;
        }

        @Override
        public List<PluginDescription> uses() {
          return List.of();
        }

        @Override
        public void close() {
          events.add("closed " + name);
        }
      };
    }
  }
}
