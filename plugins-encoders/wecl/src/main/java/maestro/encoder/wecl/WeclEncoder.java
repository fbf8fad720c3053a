package maestro.encoder.wecl;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import maestro.api.MaestroException;
import maestro.api.Plugin;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;
import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;
import maestro.api.film.FrameSource;
import maestro.api.film.TimeLine;
import maestro.api.film.VisualEncoder;
import maestro.api.media.MediaReader;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.networks.PackNetworks;
import maestro.picture.Crop;
import maestro.picture.Picture;
import maestro.picture.PillowResize;
import maestro.tensor.NetworkEngine;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * How a film feels: the emotion that WECL's network CTEN sees in it, as a one-hot label (paper,
 * section 3.1 and appendix C).
 *
 * <p>Thirty frames a second, 240 rows high, as the network was trained; sixteen segments of sixteen
 * frames each; the middle square at 112×112 by Pillow's bilinear. The paper speaks of 10 fps for
 * all visual features, which is a setting here. The variant with sound hears silence unless {@code
 * sound} is on: the music does not exist yet, and a film's own score would give the answer away.
 * With it on, the first channel of the film's own sound is heard, of the piece that is scored; a
 * film without sound, or whose sound has ended, is silent.
 *
 * <p>The time line holds the emotion probabilities of each segment, by the segment's share in the
 * film's logits.
 */
@Component(configurationPid = WeclEncoder.NAME)
@Designate(ocd = WeclEncoder.Settings.class)
@Plugin(name = WeclEncoder.NAME, paper = "3.1", weights = WeclEncoder.NAME)
public final class WeclEncoder implements VisualEncoder {
  static final String NAME = "encoder.wecl";

  static final String COMMAND = "maestro packs assemble paper --add --cten CHECKPOINT";
  static final String WANTED = "CTEN's published checkpoint";
  private static final int HEIGHT = 240;
  private static final Map<Integer, List<String>> EMOTIONS =
      Map.of(
          8,
          List.of(
              "anger", "anticipation", "disgust", "fear", "joy", "sadness", "surprise", "trust"),
          6,
          List.of("anger", "disgust", "fear", "joy", "sadness", "surprise"));

  /** Settings. */
  @ObjectClassDefinition(name = NAME, description = "Emotion of the picture by WECL (CTEN).")
  @interface Settings {
    /** Engine of the networks. */
    @AttributeDefinition(
        description =
            "onnx, pytorch, torchscript or torchscript-float32; empty for the host's choice.")
    String engine() default "";

    /** Frames looked at per second of film. */
    @AttributeDefinition(
        min = "1",
        max = "120",
        description = "Frames per second; 30 as the network was trained, 10 in the paper.")
    double framesPerSecond() default 30;

    /** Emotions the weights tell apart. */
    @AttributeDefinition(
        min = "2",
        max = "1000",
        description = "Emotions the weights tell apart: 8 for VideoEmotion-8, 6 for Ekman-6.")
    int classes() default 8;

    /** Whether the feature is a distribution. */
    @AttributeDefinition(
        description = "Give the probabilities of all emotions instead of a one-hot label.")
    boolean softmax() default false;

    /** Whether the film's own sound is heard. */
    @AttributeDefinition(
        description = "Hear the film's own sound, where the weights have the variant for it.")
    boolean sound() default false;
  }

  private final double framesPerSecond;
  private final int classes;
  private final boolean softmax;
  private final boolean sound;
  private final MediaReader media;
  private final PackNetworks<WeclNetworks> networks;

  /** An encoder with the settings of a recipe. */
  @Activate
  public WeclEncoder(
      @Reference NetworkEngine engine,
      @Reference(cardinality = ReferenceCardinality.OPTIONAL) MediaReader media,
      Settings settings) {
    this(
        engine.named(settings.engine()),
        media,
        settings.framesPerSecond(),
        settings.classes(),
        settings.softmax(),
        settings.sound());
  }

  WeclEncoder(
      NetworkEngine engine,
      MediaReader media,
      double framesPerSecond,
      int classes,
      boolean softmax,
      boolean sound) {
    if (sound && media == null) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          NAME,
          "sound is on, and no bundle reads sound files",
          "install maestro.media, or set sound to false");
    }
    this.media = media;
    this.framesPerSecond = framesPerSecond;
    this.classes = classes;
    this.softmax = softmax;
    this.sound = sound;
    networks =
        new PackNetworks<>(
            NAME,
            WANTED,
            COMMAND,
            (part, weights, device) -> WeclNetworks.open(engine, weights, device));
  }

  /** Gives the weights back. */
  @Deactivate
  public void close() {
    networks.close();
  }

  @Override
  public FrameRequest frames() {
    return new FrameRequest(framesPerSecond, 0, HEIGHT);
  }

  @Override
  public int featureWidth() {
    return classes;
  }

  @Override
  public FilmFeature encode(FilmClip clip, FrameSource frames, RunContext run) {
    return networks.use(run, opened -> encode(opened, clip, frames, run));
  }

  private FilmFeature encode(
      WeclNetworks opened, FilmClip clip, FrameSource frames, RunContext run) {
    EmotionSize size = opened.size();
    if (size.classes() != classes) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          NAME,
          "the weights tell " + size.classes() + " emotions apart, the recipe expects " + classes,
          "set classes to " + size.classes());
    }
    run.checkCancelled();
    Segments segments = watch(size.segments(), clip, frames);
    if (!segments.asExpected()) {
      run.remark(
          NAME
              + ": the film has another length than it says, so some segments are not where the"
              + " network was trained to look");
    }
    float[] features = new float[size.segments() * size.seenWidth()];
    for (int i = 0; i < size.segments(); i++) {
      run.progress(i, size.segments());
      float[] feature = opened.see(pixels(segments, i));
      System.arraycopy(feature, 0, features, i * size.seenWidth(), feature.length);
    }
    Map<String, FloatTensor> felt = opened.feel(features, heard(size, clip, run));
    run.progress(size.segments(), size.segments());
    return new FilmFeature(
        label(felt.get("logits").values()),
        Optional.of(timeLine(segments, felt.get("segmentLogits").values())));
  }

  private Segments watch(int count, FilmClip clip, FrameSource frames) {
    Segments segments = new Segments(count, Math.round(clip.durationSeconds() * framesPerSecond));
    for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
      segments.next(segments.wantsNext() ? small(Picture.of(frame)) : null);
    }
    return segments;
  }

  /** The middle square, where the reference's corner crop puts it, at the network's size. */
  private static byte[] small(Picture picture) {
    int side = Math.min(picture.width(), picture.height());
    int left = picture.width() / 2 - side / 2;
    int top = picture.height() / 2 - side / 2;
    return PillowResize.resize(
            Crop.at(picture, left, top, side, side),
            WeclNetworks.SIDE,
            WeclNetworks.SIDE,
            PillowResize.Filter.BILINEAR)
        .values();
  }

  /** One segment as [3, 16, 112, 112]; its values stay 0 … 255. */
  private static float[] pixels(Segments segments, int segment) {
    int area = WeclNetworks.SIDE * WeclNetworks.SIDE;
    float[] values = new float[3 * Segments.FRAMES * area];
    for (int frame = 0; frame < Segments.FRAMES; frame++) {
      byte[] rgb = segments.pixels(segment, frame);
      for (int channel = 0; channel < 3; channel++) {
        int to = (channel * Segments.FRAMES + frame) * area;
        for (int i = 0; i < area; i++) {
          values[to + i] = rgb[3 * i + channel] & 0xff;
        }
      }
    }
    return values;
  }

  private float[] heard(EmotionSize size, FilmClip clip, RunContext run) {
    if (!size.hears()) {
      if (sound) {
        run.remark(NAME + ": sound is on, but the weights are of the variant that only sees");
      }
      return new float[0];
    }
    if (!sound || !clip.hasSound()) {
      return FilterBanks.ofSilence(size.segments() * EmotionNetwork.SOUND_FRAMES);
    }
    Sound track = media.sound(clip.file(), clip.startSeconds(), clip.durationSeconds());
    return new FilterBanks(track.sampleRateHz())
        .of(track.channels()[0], size.segments(), EmotionNetwork.SOUND_FRAMES);
  }

  private float[] label(float[] logits) {
    if (softmax) {
      float[] probabilities = new float[classes];
      softmax(logits, 0, probabilities, 0);
      return probabilities;
    }
    int best = 0;
    for (int i = 1; i < classes; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    float[] label = new float[classes];
    label[best] = 1;
    return label;
  }

  private TimeLine timeLine(Segments segments, float[] logits) {
    int rows = segments.firstPass();
    float[] values = new float[rows * classes];
    for (int row = 0; row < rows; row++) {
      softmax(logits, row * classes, values, row * classes);
    }
    List<String> names =
        EMOTIONS.getOrDefault(
            classes, IntStream.range(1, classes + 1).mapToObj(i -> "emotion " + i).toList());
    return new TimeLine(segments.length() / framesPerSecond, names, values);
  }

  private void softmax(float[] logits, int from, float[] out, int to) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < classes; i++) {
      max = Math.max(max, logits[from + i]);
    }
    double sum = 0;
    for (int i = 0; i < classes; i++) {
      sum += Math.exp(logits[from + i] - max);
    }
    for (int i = 0; i < classes; i++) {
      out[to + i] = (float) (Math.exp(logits[from + i] - max) / sum);
    }
  }
}
