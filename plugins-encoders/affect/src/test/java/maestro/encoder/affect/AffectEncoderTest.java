package maestro.encoder.affect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.affect.AffectScale;
import maestro.api.MaestroException;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;
import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;
import maestro.api.film.FrameSource;
import maestro.api.film.TimeLine;
import maestro.api.film.VisualEncoder;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.pack.PackPart;
import maestro.api.run.RunContext;
import maestro.contracts.TestPack;
import maestro.contracts.TestRun;
import maestro.contracts.VisualEncoderContract;
import org.junit.jupiter.api.Test;

class AffectEncoderTest extends VisualEncoderContract {
  /** Sees light and motion only, and a cut in white, so that the test knows them. */
  private static final class Eye implements VisualEncoder {
    @Override
    public FrameRequest frames() {
      return new FrameRequest(4, 8, 8);
    }

    @Override
    public int featureWidth() {
      return 1;
    }

    @Override
    public FilmFeature encode(FilmClip clip, FrameSource frames, RunContext run) {
      Deque<Float> rows = new ArrayDeque<>();
      float before = -1;
      for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
        run.checkCancelled();
        float light = (frame.rgb()[0] & 0xFF) / 255f;
        rows.addAll(
            List.of(
                light,
                0f,
                0f,
                0f,
                before < 0 ? 0f : Math.abs(light - before) * 4,
                0f,
                light == 1 ? 1f : 0f));
        before = light;
      }
      float[] values = new float[rows.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = rows.poll();
      }
      List<String> channels =
          List.of("light", "contrast", "colour", "warmth", "motion", "detail", "cut");
      return new FilmFeature(new float[] {0}, Optional.of(new TimeLine(0.25, channels, values)));
    }
  }

  private static final class Registry implements PluginRegistry {
    private int leases;

    @Override
    public List<PluginDescription> plugins() {
      return List.of();
    }

    @Override
    public PluginDescription describe(Class<?> kind, String name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <T> PluginLease<T> lease(Class<T> kind, String name, Map<String, Object> settings) {
      if (!name.equals("encoder.cinematic")) {
        throw new MaestroException(MaestroException.Kind.CONFIGURATION, name, "not here", "none");
      }
      leases++;
      return new PluginLease<>() {
        @Override
        public T service() {
          return kind.cast(new Eye());
        }

        @Override
        public PluginDescription plugin() {
          throw new UnsupportedOperationException();
        }

        @Override
        public Map<String, Object> settings() {
          return Map.of();
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
          leases--;
        }
      };
    }

    @Override
    public String code(Class<?> type) {
      return "00";
    }

    @Override
    public void check(Class<?> kind, String name, Map<String, Object> settings) {}
  }

  @Override
  protected VisualEncoder encoder() {
    return new AffectEncoder(new Registry(), "");
  }

  private static FilmFeature seen(int... levels) {
    return seen("", null, levels);
  }

  private static FilmFeature seen(String composer, TestPack pack, int... levels) {
    Deque<Frame> frames = new ArrayDeque<>();
    for (int i = 0; i < levels.length; i++) {
      byte[] rgb = new byte[8 * 8 * 3];
      java.util.Arrays.fill(rgb, (byte) levels[i]);
      frames.add(new Frame(i * 0.25, 8, 8, rgb));
    }
    FilmClip clip = new FilmClip(Path.of("a.mp4"), "00", 8, 8, 4, levels.length / 4.0, false);
    return new AffectEncoder(new Registry(), composer)
        .encode(clip, frames::poll, new TestRun(7, pack));
  }

  private static float[] affect(int... levels) {
    return seen(levels).vector();
  }

  @Test
  void aBrighterFilmIsBrighterAndALivelierOneHasMoreEnergyAndPace() {
    float[] dark = affect(10, 10, 10, 10, 10, 10, 10, 10);
    float[] bright = affect(250, 250, 250, 250, 250, 250, 250, 250);
    float[] lively = affect(10, 60, 10, 200, 10, 90, 10, 255);
    assertThat(dark[2]).isLessThan(bright[2]);
    assertThat(lively[0]).isGreaterThan(dark[0]);
    assertThat(lively[1]).isGreaterThan(dark[1]);
    for (float value : lively) {
      assertThat(value).isBetween(-1f, 1f);
    }
  }

  @Test
  void tellsOverTimeWhereItIsLivelyAndWhereItCuts() {
    int[] levels = new int[48];
    for (int i = 24; i < levels.length; i++) {
      levels[i] = i % 2 == 0 ? 20 : 200;
    }
    levels[40] = 255;
    TimeLine line = seen(levels).timeLine().orElseThrow();
    assertThat(line.channels())
        .containsExactly("energy", "pace", "brightness", "warmth", "tension", "cut");
    assertThat(line.rows()).isEqualTo(48);
    assertThat(line.stepSeconds()).isEqualTo(0.25);
    assertThat(line.at(10, 0)).isLessThan(line.at(34, 0));
    for (int r = 0; r < 48; r++) {
      assertThat(line.at(r, 5)).isEqualTo(r == 40 ? 1 : 0);
    }
  }

  @Test
  void aComposersDarkestIsAsBrightAsThePackSays() {
    Map<String, List<Integer>> satie = new HashMap<>();
    AffectScale.DIMENSIONS.forEach(name -> satie.put(name, List.of(0, 0)));
    satie.put("brightness", List.of(3, 4)); // as no rank is
    TestPack pack =
        TestPack.of(
            new PackPart("encoder.affect", null, "", Map.of("composers", Map.of("satie", satie))));
    int[] dark = {0, 0, 0, 0};
    assertThat(seen("satie", pack, dark).vector()).containsExactly(0, 0, 3, 0, 0);
    assertThat(seen("ravel", pack, dark).vector()).containsExactly(affect(dark));
    assertThat(seen("satie", pack, dark).timeLine().orElseThrow().at(0, 2)).isEqualTo(-1);
  }

  @Test
  void givesBackWhatItLooksThrough() {
    Registry registry = new Registry();
    AffectEncoder encoder = new AffectEncoder(registry, "");
    assertThat(registry.leases).isEqualTo(1);
    encoder.close();
    assertThat(registry.leases).isZero();
  }
}
