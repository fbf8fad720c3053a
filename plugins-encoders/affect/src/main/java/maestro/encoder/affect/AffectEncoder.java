package maestro.encoder.affect;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import maestro.affect.AffectScale;
import maestro.affect.ComposerStatistics;
import maestro.affect.FilmAffect;
import maestro.api.Plugin;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;
import maestro.api.film.FrameRequest;
import maestro.api.film.FrameSource;
import maestro.api.film.TimeLine;
import maestro.api.film.VisualEncoder;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.run.RunContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * The affect of a film in the space that the starter pack's music was ranked in: energy, pace,
 * brightness, warmth and tension, each −1 … 1 ({@link FilmAffect}, {@link AffectScale}). Not in the
 * paper: it lets film drive a model that was trained on music alone.
 *
 * <p>Looks through {@code encoder.cinematic}. The scale is that of the windows of ten seconds, one
 * every five, of five free films; {@code film-scale.json} beside this class says which. The time
 * line has a row for each frame looked at, over the two seconds around it, and a sixth channel,
 * {@code cut}, 1 in rows that begin a shot.
 */
@Component(configurationPid = AffectEncoder.NAME)
@Designate(ocd = AffectEncoder.Settings.class)
@Plugin(name = AffectEncoder.NAME, needs = "encoder.cinematic", takes = "composer")
public final class AffectEncoder implements VisualEncoder {
  static final String NAME = "encoder.affect";

  private static final String CUT = "cut";

  /** Of the time line. */
  private static final List<String> CHANNELS =
      Stream.concat(AffectScale.DIMENSIONS.stream(), Stream.of(CUT)).toList();

  private static final AffectScale SCALE = scale();

  /** Settings. */
  @ObjectClassDefinition(name = NAME, description = "The affect of a film.")
  @interface Settings {
    /** The composer. */
    @AttributeDefinition(
        description =
            "a composer within whose music a film's affect is to stand as it stands among films;"
                + " empty, or one of whom the pack has no statistics: within all music")
    String composer() default "";
  }

  private final PluginLease<VisualEncoder> eye;
  private final String composer;

  /** An encoder that looks through the host's {@code encoder.cinematic}. */
  @Activate
  public AffectEncoder(@Reference PluginRegistry registry, Settings settings) {
    this(registry, settings.composer());
  }

  AffectEncoder(PluginRegistry registry, String composer) {
    eye = registry.lease(VisualEncoder.class, "encoder.cinematic", Map.of());
    this.composer = composer;
  }

  /** Gives the encoder it looks through back. */
  @Deactivate
  public void close() {
    eye.close();
  }

  private static AffectScale scale() {
    try (InputStream in = AffectEncoder.class.getResourceAsStream("film-scale.json")) {
      return AffectScale.of((Map<?, ?>) new ObjectMapper().readValue(in, Map.class).get("film"));
    } catch (IOException e) {
      throw new IllegalStateException("film-scale.json in the bundle cannot be read", e);
    }
  }

  @Override
  public FrameRequest frames() {
    return eye.service().frames();
  }

  @Override
  public int featureWidth() {
    return AffectScale.DIMENSIONS.size();
  }

  @Override
  public FilmFeature encode(FilmClip clip, FrameSource frames, RunContext run) {
    TimeLine seen =
        eye.service()
            .encode(clip, frames, run)
            .timeLine()
            .orElseThrow(() -> new IllegalStateException("encoder.cinematic gave no time line"));
    float[] amongFilms = SCALE.rank(FilmAffect.of(seen, 0, seen.rows()));
    float[] affect =
        ComposerStatistics.of(run, NAME, composer, AffectScale::of)
            .map(own -> own.at(amongFilms))
            .orElse(amongFilms);
    int around = (int) Math.max(1, Math.round(1 / seen.stepSeconds()));
    int cut = seen.channels().indexOf(CUT);
    float[] rows = new float[seen.rows() * CHANNELS.size()];
    for (int r = 0; r < seen.rows(); r++) {
      int from = Math.max(0, r - around);
      int to = Math.min(seen.rows(), r + around);
      int at = r * CHANNELS.size();
      System.arraycopy(SCALE.rank(FilmAffect.of(seen, from, to)), 0, rows, at, CHANNELS.size() - 1);
      rows[at + CHANNELS.size() - 1] = seen.at(r, cut);
    }
    return new FilmFeature(affect, Optional.of(new TimeLine(seen.stepSeconds(), CHANNELS, rows)));
  }
}
