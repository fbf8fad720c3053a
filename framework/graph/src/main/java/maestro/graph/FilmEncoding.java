package maestro.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;
import maestro.api.film.Frame;
import maestro.api.film.FrameSource;
import maestro.api.film.VisualEncoder;
import maestro.api.media.MediaReader;
import maestro.api.run.Noise;

/**
 * Looks at a film with several encoders, span by span. What the cache has is not computed; all
 * encoders that have something to do share one pass of decoding, and when none has, the film is not
 * decoded.
 */
final class FilmEncoding {
  private static final int VERSION = 1;

  private final MediaReader media;
  private final Job job;
  private final Noise noise;

  FilmEncoding(MediaReader media, Job job, Noise noise) {
    this.media = media;
    this.job = job;
    this.noise = noise;
  }

  /**
   * One encoder of a run.
   *
   * @param name as in the recipe
   * @param encoder leased for the run
   * @param identity digest of bundle, settings and weights
   * @param optional whether the run may go on without it when its weights are missing
   */
  record Eye(String name, VisualEncoder encoder, String identity, boolean optional) {}

  /**
   * The features of every encoder for every span, in the order of the encoders, with the
   * fingerprints they are kept under. An optional encoder that turned out to lack something is
   * missing from all spans.
   */
  List<Map<String, Seen>> encode(FilmClip clip, List<Span> spans, List<Eye> eyes) {
    Map<String, Map<Integer, Seen>> seen = new LinkedHashMap<>();
    Set<String> dropped = Collections.synchronizedSet(new HashSet<>());
    List<MediaReader.Subscription> subscriptions = new ArrayList<>();
    for (Eye eye : eyes) {
      Map<Integer, Seen> kept = Collections.synchronizedMap(new TreeMap<>());
      seen.put(eye.name(), kept);
      for (int s = 0; s < spans.size(); s++) {
        Stage<FilmFeature> stage = stage(eye, clip, spans.get(s), null);
        Optional<FilmFeature> feature = job.find(stage);
        if (feature.isPresent()) {
          kept.put(s, new Seen(feature.get(), stage.fingerprint()));
        }
      }
      if (kept.size() < spans.size()) {
        subscriptions.add(
            new MediaReader.Subscription(
                eye.encoder().frames(),
                frames -> {
                  try {
                    watch(eye, clip, spans, new SpanFrames(clip, frames), kept);
                  } catch (MaestroException e) {
                    if (!eye.optional() || e.kind() != Kind.CONFIGURATION) {
                      throw e;
                    }
                    dropped.add(eye.name());
                    job.remark(eye.name() + " left out: " + e.getMessage());
                  }
                }));
      }
    }
    if (!subscriptions.isEmpty()) {
      // From the first span on, even if it is kept: which frames an encoder is shown depends on
      // where the reading begins, and a run that goes on must see what an undisturbed one saw.
      double begin = spans.get(0).beginSeconds();
      FilmClip read = clip.piece(begin, clip.durationSeconds() - begin);
      media.read(read, subscriptions, job.quiet("film", noise));
    }
    dropped.forEach(seen::remove);
    List<Map<String, Seen>> bySpan = new ArrayList<>();
    for (int s = 0; s < spans.size(); s++) {
      Map<String, Seen> features = new LinkedHashMap<>();
      for (Map.Entry<String, Map<Integer, Seen>> entry : seen.entrySet()) {
        features.put(entry.getKey(), entry.getValue().get(s));
      }
      bySpan.add(features);
    }
    return bySpan;
  }

  /**
   * One feature and where it is kept.
   *
   * @param feature what the encoder said
   * @param fingerprint of everything it depends on
   */
  record Seen(FilmFeature feature, String fingerprint) {}

  private void watch(
      Eye eye, FilmClip clip, List<Span> spans, SpanFrames frames, Map<Integer, Seen> kept) {
    for (int s = 0; s < spans.size() && kept.size() < spans.size(); s++) {
      Span span = spans.get(s);
      if (!kept.containsKey(s)) {
        Stage<FilmFeature> stage = stage(eye, clip, span, part -> frames.of(span));
        kept.put(s, new Seen(job.compute(stage, noise), stage.fingerprint()));
      }
      frames.skip(span);
    }
  }

  /** What a feature depends on. */
  static String fingerprint(Eye eye, FilmClip clip, Span span) {
    return new Fingerprint("feature", VERSION)
        .with(clip.digest())
        .with(span.beginSeconds())
        .with(span.endSeconds())
        .with(eye.name())
        .with(eye.identity())
        .hex();
  }

  private Stage<FilmFeature> stage(
      Eye eye, FilmClip clip, Span span, Function<FilmClip, FrameSource> frames) {
    String fingerprint = fingerprint(eye, clip, span);
    FilmClip part =
        clip.piece(
            span.beginSeconds(),
            Math.max(
                span.seconds(clip.durationSeconds()), 1 / Math.max(1, clip.framesPerSecond())));
    return new Stage<>(
        eye.name(),
        fingerprint,
        Codec.FEATURE,
        run -> eye.encoder().encode(part, frames.apply(part), run));
  }

  /** Cuts one stream of frames into spans; the times in each begin at 0. */
  private static final class SpanFrames {
    private final FilmClip clip;
    private final FrameSource source;
    private Frame ahead;
    private Frame last;
    private boolean over;

    SpanFrames(FilmClip clip, FrameSource source) {
      this.clip = clip;
      this.source = source;
    }

    FrameSource of(Span span) {
      return new FrameSource() {
        private boolean any;

        @Override
        public Frame next() {
          Frame frame = take(span);
          if (frame == null && !any) {
            frame = nearest(); // a span shorter than the distance of two frames still has a picture
          }
          any = true;
          return frame == null
              ? null
              : new Frame(
                  Math.max(0, frame.timeSeconds() - span.beginSeconds()),
                  frame.width(),
                  frame.height(),
                  frame.rgb());
        }
      };
    }

    void skip(Span span) {
      while (take(span) != null) {
        // frames the encoder did not want
      }
    }

    private Frame take(Span span) {
      while (!over && (ahead == null || ahead.timeSeconds() < span.beginSeconds())) {
        last = ahead != null ? ahead : last;
        ahead = source.next();
        over = ahead == null;
      }
      if (ahead == null || ahead.timeSeconds() >= span.endSeconds()) {
        return null;
      }
      last = ahead;
      ahead = null;
      return last;
    }

    private Frame nearest() {
      Frame frame = last != null ? last : ahead;
      if (frame == null) {
        throw new MaestroException(
            Kind.INPUT,
            String.valueOf(clip.file().getFileName()),
            "no picture in it can be decoded",
            "give another film");
      }
      return frame;
    }
  }
}
