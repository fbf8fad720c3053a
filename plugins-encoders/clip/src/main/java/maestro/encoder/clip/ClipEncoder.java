package maestro.encoder.clip;

import java.util.Arrays;
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
import maestro.api.run.RunContext;
import maestro.networks.PackNetworks;
import maestro.picture.Crop;
import maestro.picture.Normalisation;
import maestro.picture.Picture;
import maestro.picture.PillowResize;
import maestro.tensor.NetworkEngine;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * What a film shows: CLIP's image embedding of ten frames a second, averaged over time (paper,
 * section 3.1 and appendix C).
 *
 * <p>Each frame is resized so that its shorter side fits the network, by Pillow's antialiased
 * bicubic, cut to the middle square and normalised. Neither the embeddings nor their mean are
 * brought to length 1. The time line is the embedding of each frame. The paper says only
 * "512-dimensional"; ViT-B/32 is what the tool it points to (v-iashin/video_features) takes. Any
 * other tower works by its weights; state the width it gives.
 */
@Component(configurationPid = ClipEncoder.NAME)
@Designate(ocd = ClipEncoder.Settings.class)
@Plugin(name = ClipEncoder.NAME, paper = "3.1", weights = ClipEncoder.NAME)
public final class ClipEncoder implements VisualEncoder {
  static final String NAME = "encoder.clip";

  static final String COMMAND = "maestro packs assemble paper --add --clip ViT-B-32.pt";
  static final String WANTED =
      "the image tower of CLIP (ViT-B-32.pt, or model.safetensors of clip-vit-base-patch32)";

  /** Settings. */
  @ObjectClassDefinition(name = NAME, description = "Meaning of the picture by CLIP.")
  @interface Settings {
    /** Engine of the networks. */
    @AttributeDefinition(
        description =
            "onnx, pytorch, torchscript or torchscript-float32; empty for the host's choice.")
    String engine() default "";

    /** Frames looked at per second of film. */
    @AttributeDefinition(
        min = "0.1",
        max = "60",
        description = "Frames per second; 10 in the paper.")
    double framesPerSecond() default 10;

    /** Numbers in the embedding. */
    @AttributeDefinition(
        min = "1",
        max = "65536",
        description = "Numbers in the embedding; 512 for ViT-B/32 and ViT-B/16, 768 for ViT-L/14.")
    int width() default 512;

    /** Whose rule the middle square follows. */
    @AttributeDefinition(
        options = {@Option("torchvision"), @Option("transformers")},
        description = "Where half a pixel goes when the middle square is cut out.")
    String crop() default "torchvision";

    /** Frames that go through the network at once. */
    @AttributeDefinition(min = "1", max = "256", description = "Frames per call of the network.")
    int batch() default 8;
  }

  private final double framesPerSecond;
  private final int width;
  private final boolean transformersCrop;
  private final PackNetworks<ClipNetwork> networks;

  /** An encoder with the settings of a recipe. */
  @Activate
  public ClipEncoder(@Reference NetworkEngine engine, Settings settings) {
    this(
        engine.named(settings.engine()),
        settings.framesPerSecond(),
        settings.width(),
        settings.crop(),
        settings.batch());
  }

  ClipEncoder(NetworkEngine engine, double framesPerSecond, int width, String crop, int batch) {
    if (!crop.equals("torchvision") && !crop.equals("transformers")) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          NAME,
          "illegal crop: " + crop,
          "set torchvision or transformers");
    }
    this.framesPerSecond = framesPerSecond;
    this.width = width;
    this.transformersCrop = crop.equals("transformers");
    networks =
        new PackNetworks<>(
            NAME,
            WANTED,
            COMMAND,
            (part, weights, device) -> ClipNetwork.open(engine, weights, batch, device));
  }

  /** Gives the weights back. */
  @Deactivate
  public void close() {
    networks.close();
  }

  @Override
  public FrameRequest frames() {
    return FrameRequest.atRate(framesPerSecond);
  }

  @Override
  public int featureWidth() {
    return width;
  }

  @Override
  public FilmFeature encode(FilmClip clip, FrameSource frames, RunContext run) {
    return networks.use(run, network -> encode(network, clip, frames, run));
  }

  private FilmFeature encode(
      ClipNetwork network, FilmClip clip, FrameSource frames, RunContext run) {
    checkWidth(network.size());
    long expected = Math.round(clip.durationSeconds() * framesPerSecond);
    int side = network.size().resolution();
    int area = 3 * side * side;
    float[] pictures = new float[network.batch() * area];
    Embeddings embeddings = new Embeddings(width);
    int waiting = 0;
    run.progress(0, expected);
    for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
      Normalisation.CLIP.write(square(Picture.of(frame), side), pictures, waiting * area);
      if (++waiting == network.batch()) {
        embeddings.add(network.embed(pictures), waiting);
        waiting = 0;
        run.progress(embeddings.count(), Math.max(expected, embeddings.count()));
      }
    }
    if (waiting > 0) {
      // The rest of the batch holds older pictures or none; their embeddings are not looked at.
      embeddings.add(network.embed(pictures), waiting);
      run.progress(embeddings.count(), embeddings.count());
    }
    TimeLine timeLine =
        new TimeLine(
            1 / framesPerSecond,
            IntStream.range(0, width).mapToObj(i -> "clip " + i).toList(),
            embeddings.values());
    return new FilmFeature(embeddings.mean(), Optional.of(timeLine));
  }

  private void checkWidth(VisionSize size) {
    if (size.output() != width) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          NAME,
          "the weights give " + size.output() + " numbers, the recipe expects " + width,
          "set width to " + size.output());
    }
  }

  private Picture square(Picture picture, int side) {
    Picture resized = PillowResize.resizeShorterSide(picture, side, PillowResize.Filter.BICUBIC);
    return transformersCrop ? Crop.centreRoundedDown(resized, side) : Crop.centre(resized, side);
  }

  /** The embeddings so far, row after row, and their sum. */
  private static final class Embeddings {
    private final int width;
    private final double[] sum;
    private float[] rows = new float[0];
    private int count;

    Embeddings(int width) {
      this.width = width;
      sum = new double[width];
    }

    void add(float[] embeddings, int valid) {
      int used = count * width;
      int more = valid * width;
      if (used + more > rows.length) {
        rows = Arrays.copyOf(rows, Math.max(2 * rows.length, used + more));
      }
      System.arraycopy(embeddings, 0, rows, used, more);
      for (int i = 0; i < more; i++) {
        sum[i % width] += embeddings[i];
      }
      count += valid;
    }

    int count() {
      return count;
    }

    float[] values() {
      return Arrays.copyOf(rows, count * width);
    }

    float[] mean() {
      float[] mean = new float[width];
      for (int i = 0; i < width; i++) {
        mean[i] = (float) (sum[i] / count);
      }
      return mean;
    }
  }
}
