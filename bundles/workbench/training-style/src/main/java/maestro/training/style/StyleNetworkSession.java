package maestro.training.style;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.networks.StyleNetwork;
import maestro.training.Draw;
import maestro.training.ForwardPass;
import maestro.training.Parts;
import maestro.training.Phase;
import maestro.training.TrainedPart;
import maestro.training.TrainingContext;
import maestro.training.TrainingSession;
import maestro.training.corpus.Corpus;
import maestro.training.corpus.Track;

/** A prototypical network in training. */
final class StyleNetworkSession implements TrainingSession {
  /** The part of a pack that it trains, with the name of the plugin that hears with it. */
  private static final String PART = "embedding.style-network";

  /** Settings of the task. */
  static final class Settings extends StyleSettings {
    /** Pieces of each label that an episode shows; their mean is the prototype. */
    public int shots = 3;

    /** Pieces of each label that an episode asks for. */
    public int queries = 2;

    /** Pieces of each label on each side of a validation. */
    public int validationPieces = 16;

    /** Labels whose recognition is reported apart, over all held-out tracks; may be empty. */
    public List<String> labels = List.of();
  }

  private final TrainingContext context;
  private final Settings settings;
  private final StyleNetwork network;
  private final ForwardPass training;
  private final ForwardPass use;
  private final Map<String, List<Track>> tracks;
  private final Map<String, Recognition> recognitions = new LinkedHashMap<>();

  StyleNetworkSession(TrainingContext context, Settings settings) {
    this.context = context;
    this.settings = settings;
    if (settings.shots < 1 || settings.queries < 1 || settings.validationPieces < 1) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          "training style-network",
          "shots, queries and validationPieces are "
              + List.of(settings.shots, settings.queries, settings.validationPieces),
          "make each 1 or more");
    }
    if (context.recipe().batch < 2) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          "training style-network",
          "an episode of one label teaches nothing",
          "make batch, the labels of an episode, 2 or more");
    }
    network = new StyleNetwork(settings.size());
    Corpus corpus = context.corpus();
    tracks = Pieces.byLabel(corpus.tracks("train"));
    if (tracks.size() < 2) {
      throw refused(
          "the corpus has " + tracks.size() + " labels to train on",
          "give the clips of two composers or more the split train");
    }
    recognise("val", tracks, corpus.tracks("val"));
    if (recognitions.get("val").ways() < 2) {
      throw refused(
          "fewer than two labels have tracks held out for validation",
          "give whole tracks of two composers or more the split val");
    }
    recognise("test", tracks, corpus.tracks("test"));
    Map<String, List<Track>> chosen = new LinkedHashMap<>(tracks);
    chosen.keySet().retainAll(settings.labels);
    List<Track> heldOut = new ArrayList<>(corpus.tracks("val"));
    heldOut.addAll(corpus.tracks("test"));
    recognise("labels", chosen, heldOut);
    network.initialize(context.manager(), DataType.FLOAT32, new Shape(1));
    training = context.training("style-network", network, "embeddings");
    use = context.use("style-network", network, "embeddings");
  }

  private void recognise(String name, Map<String, List<Track>> known, List<Track> heldOut) {
    recognitions.put(
        name,
        new Recognition(
            known, Pieces.byLabel(heldOut), settings.validationPieces, settings.frames));
  }

  private static MaestroException refused(String cause, String next) {
    return new MaestroException(MaestroException.Kind.INPUT, "training style-network", cause, next);
  }

  @Override
  public List<Phase> phases() {
    return List.of(new Phase("", Parts.parameters(network), this::loss));
  }

  private NDArray loss(Draw draw, ParameterStore store) {
    int ways = Math.min(draw.batch(), tracks.size());
    Episode episode =
        Episode.draw(
            tracks,
            ways,
            settings.shots,
            settings.queries,
            settings.frames,
            draw.uniform("episode", Episode.draws(ways, settings.shots, settings.queries)));
    List<Corpus.Piece> pieces = new ArrayList<>(episode.support());
    pieces.addAll(episode.queries());
    float[] mels =
        Pieces.augmented(
            settings.augmentation(),
            pieces,
            settings.frames,
            draw.uniform("mastering", pieces.size() * Augmentation.DRAWS));
    NDArray points =
        training
            .run(
                store,
                new NDList(draw.array(mels, pieces.size(), 1, settings.frames, StyleNetwork.BANDS)))
            .get(0);
    int shown = episode.support().size();
    NDArray support =
        points.get(":" + shown).reshape(ways, settings.shots, settings.width).mean(new int[] {1});
    NDArray queries = points.get(shown + ":");
    draw.figure("accuracy", PrototypicalLoss.accuracy(support, queries));
    return PrototypicalLoss.of(support, queries);
  }

  @Override
  public Map<String, Double> validate(Progress progress) {
    Map<String, Double> all = new LinkedHashMap<>();
    recognitions.forEach(
        (name, recognition) -> {
          if (recognition.ways() > 1) {
            Map<String, Double> figures =
                recognition.figures(
                    pieces -> StyleSettings.embed(use, network.size(), pieces, context.manager()));
            if (name.equals("val")) {
              all.put("error", 1 - figures.get("segment"));
            }
            figures.forEach((figure, value) -> all.put(name + "." + figure, value));
          }
        });
    return all;
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
