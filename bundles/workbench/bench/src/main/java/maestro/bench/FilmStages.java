package maestro.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import maestro.api.film.FilmClip;
import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;
import maestro.api.film.FrameSource;
import maestro.api.film.VisualEncoder;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.media.MediaReader;
import maestro.api.run.RunContext;

/** What looks at a film, one stage each: the decoder alone, and the encoders. */
final class FilmStages {
  private static final String DECODE = "decode";

  private final PluginRegistry registry;
  private final MediaReader media;
  private final Map<String, Object> settings;

  /**
   * Stages over the encoders that are on.
   *
   * @param settings of every encoder that has a choice of engine
   */
  FilmStages(PluginRegistry registry, MediaReader media, Map<String, Object> settings) {
    this.registry = registry;
    this.media = media;
    this.settings = settings;
  }

  /** Decoding by itself, and every encoder that is on. */
  Map<String, Supplier<OpenedStage>> of(Path film, RunContext run) {
    FilmClip clip = media.probe(film);
    Map<String, Supplier<OpenedStage>> all = new LinkedHashMap<>();
    all.put(
        DECODE,
        () -> watch(clip, run, FrameRequest.atRate(clip.framesPerSecond()), FilmStages::look));
    for (PluginDescription plugin : registry.plugins()) {
      if (plugin.kind().equals(VisualEncoder.class.getSimpleName())) {
        all.put(plugin.name(), () -> encoder(plugin, clip, run));
      }
    }
    return all;
  }

  private OpenedStage encoder(PluginDescription plugin, FilmClip clip, RunContext run) {
    boolean choosesEngine =
        plugin.settings().stream().anyMatch(setting -> setting.name().equals("engine"));
    PluginLease<VisualEncoder> lease =
        registry.lease(VisualEncoder.class, plugin.name(), choosesEngine ? settings : Map.of());
    OpenedStage opened =
        watch(
            clip,
            run,
            lease.service().frames(),
            source -> lease.service().encode(clip, source, run));
    return new OpenedStage(opened.work(), lease::close, opened.frames());
  }

  private OpenedStage watch(
      FilmClip clip, RunContext run, FrameRequest request, Consumer<FrameSource> reader) {
    AtomicLong frames = new AtomicLong();
    Consumer<FrameSource> counting =
        source -> {
          frames.set(0);
          reader.accept(
              () -> {
                Frame frame = source.next();
                frames.addAndGet(frame == null ? 0 : 1);
                return frame;
              });
        };
    List<MediaReader.Subscription> one = List.of(new MediaReader.Subscription(request, counting));
    return new OpenedStage(() -> media.read(clip, one, run), () -> {}, frames::get);
  }

  private static void look(FrameSource source) {
    while (source.next() != null) {
      // only the time counts
    }
  }
}
