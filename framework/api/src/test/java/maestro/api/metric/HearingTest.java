package maestro.api.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.api.run.Device;
import maestro.api.run.Noise;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import org.junit.jupiter.api.Test;

final class HearingTest {
  private static final Sound SOUND = Sound.mono(new float[10], 16_000);

  private final List<String> remarks = new ArrayList<>();
  private ModelPack pack;

  @Test
  void anotherEmbeddingStandsInWhereWeightsAreMissingAndTheRunSaysSo() {
    try (Hearing hearing =
        new Hearing(new Embeddings(), "metric.taste", "embedding.missing", "embedding.plain")) {
      Hearing.Result result = hearing.hear(SOUND, run());
      assertThat(result.embedding()).isEqualTo("embedding.plain");
      assertThat(remarks)
          .containsExactly(
              "metric.taste hears with embedding.plain: embedding.missing: the pack has no weights"
                  + " for it");
      assertThat(result.patches()).isEqualTo(FloatTensor.of(new float[] {1, 2, 3, 6}, 2, 2));
      assertThat(result.mean()).isEqualTo(FloatTensor.of(new float[] {2, 4}, 2));
      MetricSample sample =
          new MetricSample(
              "x", Optional.empty(), Hearing.sample(Map.of("mean", result.mean()), result));
      assertThat(hearing.named(List.of(sample))).isEqualTo("embedding.plain");
      assertThat(hearing.named(List.of())).isEqualTo("embedding.missing");
    }
  }

  @Test
  void nothingStandsInForAnEmbeddingWhoseWeightsAreThere() {
    pack =
        new ModelPack() {
          @Override
          public String name() {
            return "whole";
          }

          @Override
          public boolean untrained() {
            return false;
          }

          @Override
          public List<String> parts() {
            return List.of("embedding.missing");
          }

          @Override
          public Optional<PackPart> part(String name) {
            return name.equals("embedding.missing")
                ? Optional.of(new PackPart(name, null, "", Map.of()))
                : Optional.empty();
          }
        };
    try (Hearing hearing =
        new Hearing(new Embeddings(), "metric.taste", "embedding.missing", "embedding.plain")) {
      assertThatThrownBy(() -> hearing.hear(SOUND, run()))
          .isInstanceOf(MaestroException.class)
          .hasMessageContaining("embedding.missing: ");
      assertThat(remarks).isEmpty();
    }
  }

  @Test
  void whatIsThereIsHeardWithAndNothingIsSaid() {
    try (Hearing hearing =
        new Hearing(new Embeddings(), "metric.taste", "embedding.plain", "embedding.missing")) {
      assertThat(hearing.hear(SOUND, run()).embedding()).isEqualTo("embedding.plain");
      assertThat(remarks).isEmpty();
    }
  }

  @Test
  void whereNothingStandsInTheRemedyIsInTheMessage() {
    try (Hearing hearing = new Hearing(new Embeddings(), "metric.taste", "embedding.missing", "")) {
      assertThatThrownBy(() -> hearing.hear(SOUND, run()))
          .isInstanceOf(MaestroException.class)
          .hasMessage(
              "embedding.missing: the pack has no weights for it; get them, or let metric.taste hear"
                  + " with another embedding, such as embedding.mel-statistics, which needs no"
                  + " weights (--set taste.embedding=NAME)");
    }
  }

  @Test
  void aSoundOfWhichNoFiniteNumbersComeIsRefused() {
    for (String embedding : List.of("embedding.nan", "embedding.infinite")) {
      try (Hearing hearing = new Hearing(new Embeddings(), "metric.taste", embedding, "")) {
        assertThatThrownBy(() -> hearing.hear(SOUND, run()))
            .isInstanceOfSatisfying(
                MaestroException.class,
                e -> {
                  assertThat(e.kind()).isEqualTo(MaestroException.Kind.INPUT);
                  assertThat(e.part()).isEqualTo(embedding);
                });
      }
    }
  }

  private RunContext run() {
    return new RunContext() {
      @Override
      public void progress(long done, long total) {}

      @Override
      public void checkCancelled() {}

      @Override
      public Device device() {
        return Device.CPU;
      }

      @Override
      public Noise noise() {
        return new Noise(7);
      }

      @Override
      public Optional<ModelPack> pack() {
        return Optional.ofNullable(pack);
      }

      @Override
      public void remark(String sentence) {
        remarks.add(sentence);
      }
    };
  }

  private static AudioEmbedding embedding(String name) {
    return new AudioEmbedding() {
      @Override
      public int width() {
        return 2;
      }

      @Override
      public int classes() {
        return 1;
      }

      @Override
      public Heard hear(Sound sound, RunContext run) {
        return switch (name) {
          case "embedding.plain" -> new Heard(new float[][] {{1, 2}, {3, 6}}, new float[1]);
          case "embedding.nan" -> new Heard(new float[][] {{1, Float.NaN}}, new float[1]);
          case "embedding.infinite" ->
              new Heard(new float[1][2], new float[] {Float.POSITIVE_INFINITY});
          default ->
              throw new MaestroException(
                  MaestroException.Kind.CONFIGURATION,
                  name,
                  "the pack has no weights for it",
                  "get them");
        };
      }
    };
  }

  private static final class Embeddings implements PluginRegistry {
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
      return "";
    }

    @Override
    public void check(Class<?> kind, String name, Map<String, Object> settings) {}

    @Override
    public <T> PluginLease<T> lease(Class<T> kind, String name, Map<String, Object> settings) {
      return new PluginLease<>() {
        @Override
        public T service() {
          return kind.cast(embedding(name));
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
        public void close() {}
      };
    }
  }
}
