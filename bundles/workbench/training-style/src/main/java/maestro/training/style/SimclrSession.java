package maestro.training.style;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.run.Noise;
import maestro.networks.StyleNetwork;
import maestro.tensor.nn.Linear;
import maestro.training.Draw;
import maestro.training.ForwardPass;
import maestro.training.Parts;
import maestro.training.Phase;
import maestro.training.TrainedPart;
import maestro.training.TrainingContext;
import maestro.training.TrainingSession;
import maestro.training.corpus.Corpus;

/** A contrastive embedding in training: a style network, and a head that is thrown away after. */
final class SimclrSession implements TrainingSession {
  /** The part of a pack that it trains, with the name of the plugin that hears with it. */
  private static final String PART = "embedding.simclr";

  /** Settings of the task. */
  static final class Settings extends StyleSettings {
    /** Divides the cosines; 0.5 in the paper's source. */
    public double temperature = 0.5;

    /** Frames by which the second view of a piece may begin later or earlier. */
    public int shift = 128;

    /** Width of the head's outcome. */
    public int projection = 64;

    /** Pieces of a validation. */
    public int validationPieces = 64;
  }

  private final TrainingContext context;
  private final Settings settings;
  private final StyleNetwork network;
  private final ForwardPass training;
  private final ForwardPass use;
  private final Linear hidden;
  private final Linear projection;

  SimclrSession(TrainingContext context, Settings settings) {
    this.context = context;
    this.settings = settings;
    network = new StyleNetwork(settings.size());
    hidden = new Linear(settings.width, settings.width);
    projection = new Linear(settings.width, settings.projection);
    context.corpus().pieces("val", 1, settings.frames, 1); // refuses an empty split
    for (var block : List.of(network, hidden, projection)) {
      block.initialize(context.manager(), DataType.FLOAT32, new Shape(1));
    }
    training = context.training("simclr", network, "embeddings");
    use = context.use("simclr", network, "embeddings");
  }

  @Override
  public List<Phase> phases() {
    Map<String, Parameter> all = new LinkedHashMap<>(Parts.parameters(network));
    Parts.parameters(hidden).forEach((name, value) -> all.put("head.hidden." + name, value));
    Parts.parameters(projection)
        .forEach((name, value) -> all.put("head.projection." + name, value));
    return List.of(new Phase("", all, this::loss));
  }

  private NDArray loss(Draw draw, ParameterStore store) {
    int n = draw.batch();
    List<Corpus.Piece> pieces = new ArrayList<>();
    for (double at : draw.uniform("piece", n)) {
      pieces.add(context.corpus().piece("train", at, settings.frames, 1));
    }
    float[] mels =
        views(
            pieces,
            draw.uniform("shift", n),
            draw.uniform("mastering", 2 * n * Augmentation.DRAWS));
    NDArray views =
        project(training, store, draw.array(mels, 2 * n, 1, settings.frames, StyleNetwork.BANDS));
    NDArray first = views.get(":" + n);
    NDArray second = views.get(n + ":");
    draw.figure("accuracy", ContrastiveLoss.accuracy(first, second));
    return ContrastiveLoss.of(first, second, settings.temperature);
  }

  /** First views, then second views. */
  private float[] views(List<Corpus.Piece> pieces, double[] shifts, double[] mastering) {
    List<Corpus.Piece> views = new ArrayList<>(pieces);
    for (int i = 0; i < shifts.length; i++) {
      Corpus.Piece piece = pieces.get(i);
      int last = Math.max(0, piece.track().frames() - settings.frames);
      int start = piece.start() + (int) Math.round((2 * shifts[i] - 1) * settings.shift);
      views.add(new Corpus.Piece(piece.track(), Math.max(0, Math.min(last, start))));
    }
    return Pieces.augmented(settings.augmentation(), views, settings.frames, mastering);
  }

  private NDArray project(ForwardPass pass, ParameterStore store, NDArray mels) {
    NDArray embeddings = pass.run(store, new NDList(mels)).get(0);
    NDArray inner = Activation.relu(hidden.apply(store, Activation.relu(embeddings), true));
    return projection.apply(store, inner, true);
  }

  @Override
  public Map<String, Double> validate(Progress progress) {
    int n = settings.validationPieces;
    List<Corpus.Piece> pieces = context.corpus().pieces("val", n, settings.frames, 1);
    Noise noise = new Noise(1);
    float[] mels =
        views(
            pieces,
            noise.uniform("shift", n),
            noise.uniform("mastering", 2 * n * Augmentation.DRAWS));
    try (NDManager scope = context.manager().newSubManager();
        NDScope arrays = new NDScope()) {
      arrays.suppressNotUsedWarning();
      NDArray input =
          scope.create(
              FloatBuffer.wrap(mels), new Shape(2 * n, 1, settings.frames, StyleNetwork.BANDS));
      NDArray views = project(use, new ParameterStore(scope, false), input);
      NDArray first = views.get(":" + n);
      NDArray second = views.get(n + ":");
      Map<String, Double> figures = new LinkedHashMap<>();
      figures.put(
          "loss",
          (double) ContrastiveLoss.of(first, second, settings.temperature).toFloatArray()[0]);
      figures.put("accuracy", ContrastiveLoss.accuracy(first, second));
      figures.put("chance", 1.0 / (2 * n - 1));
      return figures;
    }
  }

  @Override
  public void close() {
    training.close();
    use.close();
  }

  @Override
  public List<TrainedPart> parts() {
    return List.of(new TrainedPart(PART, Parts.weights(network), network.size().architecture()));
  }
}
