package maestro.commands;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;
import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;
import maestro.api.media.MediaReader;
import maestro.api.run.Device;
import maestro.api.run.Noise;
import maestro.files.AtomicFile;
import maestro.graph.run.FilmFeatures;
import maestro.graph.run.RunObserver;
import maestro.graph.run.SingleRun;
import maestro.plots.CutFinder;
import maestro.plots.FilmPlot;
import maestro.plots.Panel;

/**
 * A picture for people (paper, figure 3): a strip of frames over the encoders' curves, cuts marked.
 */
final class FeaturePlot {
  private static final int PICTURES = 10;
  private static final int HEIGHT = 110;

  private FeaturePlot() {}

  /** Draws one film's features into a PNG file. */
  static void draw(FilmFeatures film, MediaReader media, Path file) {
    List<Panel> panels = new ArrayList<>();
    TreeSet<Double> cuts = new TreeSet<>();
    film.features()
        .forEach(
            (name, feature) ->
                feature
                    .timeLine()
                    .ifPresent(
                        line -> {
                          panels.addAll(Panel.of(name, line));
                          cuts.addAll(Panel.cuts(line));
                        }));
    if (panels.isEmpty()) {
      throw new MaestroException(
          Kind.INPUT,
          "--plot",
          "no encoder of this run has a time line",
          "add one that has, such as cinematic");
    }
    FilmClip clip = film.film();
    boolean told = film.features().values().stream().anyMatch(FeaturePlot::tellsCuts);
    CutFinder finder = new CutFinder();
    List<Frame> strip = strip(clip, media, told ? null : finder);
    cuts.addAll(finder.cuts());
    FilmPlot plot =
        new FilmPlot(
            clip.file().getFileName().toString(),
            clip.durationSeconds(),
            strip,
            panels,
            List.copyOf(cuts));
    byte[] png;
    try {
      png = plot.png();
    } catch (NoClassDefFoundError | InternalError | NullPointerException e) {
      // The JDK reports a machine without any font in these ways.
      throw new MaestroException(
          Kind.RESOURCE,
          "--plot",
          "this machine has no font to write with",
          "install fontconfig and a font",
          e);
    }
    AtomicFile.write(file, png);
  }

  private static boolean tellsCuts(FilmFeature feature) {
    return feature.timeLine().map(line -> line.channels().contains("cut")).orElse(false);
  }

  /** Decodes once for the strip and, unless it is null, for the finder of cuts. */
  private static List<Frame> strip(FilmClip clip, MediaReader media, CutFinder finder) {
    List<Frame> frames = new ArrayList<>();
    double rate = Math.min(240, Math.max(1e-4, PICTURES / clip.durationSeconds()));
    List<MediaReader.Subscription> readers = new ArrayList<>();
    readers.add(each(new FrameRequest(rate, 0, HEIGHT), frames::add));
    if (finder != null) {
      readers.add(each(CutFinder.FRAMES, finder::add));
    }
    media.read(
        clip,
        readers,
        new SingleRun("plot", Device.CPU, new Noise(0), Optional.empty(), RunObserver.NOBODY));
    return frames;
  }

  private static MediaReader.Subscription each(FrameRequest request, Consumer<Frame> reader) {
    return new MediaReader.Subscription(
        request,
        source -> {
          for (Frame frame = source.next(); frame != null; frame = source.next()) {
            reader.accept(frame);
          }
        });
  }
}
