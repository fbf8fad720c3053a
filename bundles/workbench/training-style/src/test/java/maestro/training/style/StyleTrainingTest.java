package maestro.training.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import maestro.api.MaestroException;
import maestro.api.run.Noise;
import maestro.networks.StyleNetwork;
import maestro.networks.StyleSize;
import maestro.training.Computing;
import maestro.training.Draw;
import maestro.training.Parts;
import maestro.training.Phase;
import maestro.training.TrainedPart;
import maestro.training.TrainingContext;
import maestro.training.TrainingRecipe;
import maestro.training.TrainingSession;
import maestro.training.corpus.Corpus;
import maestro.training.corpus.Track;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StyleTrainingTest {
  private static final String TINY = "\"frames\": 64, \"channels\": [4, 4, 4, 4], \"width\": 8";

  private final Engine engine = Engine.getEngine("PyTorch");

  @TempDir Path folder;
  private NDManager manager;

  @BeforeEach
  void open() {
    manager = engine.newBaseManager();
    engine.setRandomSeed(3);
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private TrainingContext context(String recipe, Corpus corpus) {
    return new TrainingContext(
        TrainingRecipe.parse("test", recipe),
        corpus,
        Optional.empty(),
        Optional.empty(),
        manager,
        folder,
        null,
        Computing.EAGER,
        type -> "");
  }

  private TrainingSession style(Corpus corpus) {
    String recipe =
        "{\"task\": \"style-network\", \"config\": {%s, \"validationPieces\": 2, \"labels\": [\"a\", \"b\"]}}";
    return new StyleNetworkTask().open(context(String.format(recipe, TINY), corpus));
  }

  private TrainingSession simclr(Corpus corpus) {
    String recipe =
        "{\"task\": \"simclr\", \"config\": {%s, \"projection\": 4, \"validationPieces\": 4}}";
    return new SimclrTask().open(context(String.format(recipe, TINY), corpus));
  }

  @Test
  void anEpisodeShowsAndAsksForPiecesOfItsLabels() throws IOException {
    Map<String, List<Track>> tracks =
        Pieces.byLabel(TinyCorpus.in(folder, "a", "b", "c").tracks("train"));
    TreeSet<String> labels = new TreeSet<>();
    TreeSet<String> shown = new TreeSet<>();
    for (int seed = 0; seed < 20; seed++) {
      double[] uniform = new Noise(seed).uniform("episode", Episode.draws(2, 2, 3));
      Episode episode = Episode.draw(tracks, 2, 2, 3, 64, uniform);
      assertThat(episode.labels()).doesNotHaveDuplicates().hasSize(2);
      assertThat(episode.support()).hasSize(4);
      assertThat(episode.queries()).hasSize(6);
      for (int i = 0; i < 6; i++) {
        Corpus.Piece query = episode.queries().get(i);
        assertThat(query.track().label()).isEqualTo(episode.labels().get(i / 3));
        assertThat(query.start()).isBetween(0, query.track().frames() - 64);
      }
      for (int i = 0; i < 4; i++) {
        Corpus.Piece support = episode.support().get(i);
        assertThat(support.track().label()).isEqualTo(episode.labels().get(i / 2));
        shown.add(support.track().name());
      }
      labels.addAll(episode.labels());
    }
    assertThat(labels).containsExactly("a", "b", "c");
    assertThat(shown).hasSize(6);
  }

  @Test
  void anotherMasteringIsAGainAndACurveOverTheBands() {
    Augmentation augmentation = new Augmentation(12, 9);
    float[] mel = new float[2 * 64];
    java.util.Arrays.fill(mel, -4);
    mel[5] = (float) Math.log(1e-5);
    double[] middle = {.5, .5, .5, .5, .5, .5, .5};
    float[] same = mel.clone();
    augmentation.apply(same, middle, 0);
    assertThat(same).containsExactly(mel);
    double[] louder = {1, .5, .5, .5, .5, .5, 1};
    float[] changed = mel.clone();
    augmentation.apply(changed, louder, 0);
    assertThat(changed[5]).isEqualTo(mel[5]);
    assertThat((double) changed[0] - mel[0]).isCloseTo(12 * Math.log(10) / 20, within(1e-5));
    assertThat((double) changed[127] - mel[127]).isCloseTo(21 * Math.log(10) / 20, within(1e-5));
    double[] softer = {0, 0, 0, 0, 0, 0, 0};
    java.util.Arrays.fill(changed, -11);
    augmentation.apply(changed, softer, 0);
    assertThat(changed[7]).isEqualTo((float) Math.log(1e-5));
  }

  /** By hand: prototypes at 0 and 2 of a line, queries at 0.5 and 1.5, so distances 0.25, 2.25. */
  @Test
  void thePrototypicalLossIsTheOneOfItsSource() {
    NDArray support = manager.create(new float[] {0, 2}, new Shape(2, 1));
    NDArray queries = manager.create(new float[] {.5f, 1.5f}, new Shape(2, 1));
    double expected = Math.log(1 + Math.exp(.25 - 2.25));
    assertThat((double) PrototypicalLoss.of(support, queries).toFloatArray()[0])
        .isCloseTo(expected, within(1e-5));
    assertThat(PrototypicalLoss.accuracy(support, queries)).isEqualTo(1);
    NDArray wrong = manager.create(new float[] {1.5f, 1.6f}, new Shape(2, 1));
    assertThat(PrototypicalLoss.accuracy(support, wrong)).isEqualTo(.5);
  }

  /** By hand: two pieces whose views are equal and at right angles to the other piece's. */
  @Test
  void theContrastiveLossIsTheOneOfItsSource() {
    NDArray views = manager.create(new float[] {1, 0, 0, 3}, new Shape(2, 2));
    double expected = -Math.log(Math.exp(2) / (Math.exp(2) + 2));
    assertThat((double) ContrastiveLoss.of(views, views, .5).toFloatArray()[0])
        .isCloseTo(expected, within(1e-5));
    assertThat(ContrastiveLoss.accuracy(views, views)).isEqualTo(1);
  }

  @Test
  void gradientsOfThePrototypicalLossAreTheSlopes() {
    slopes(points -> PrototypicalLoss.of(points.get(":2"), points.get("2:")));
  }

  @Test
  void gradientsOfTheContrastiveLossAreTheSlopes() {
    slopes(points -> ContrastiveLoss.of(points.get(":3"), points.get("3:"), .5));
  }

  /** Of the loss by every parameter's first and last number, in double precision. */
  private void slopes(Function<NDArray, NDArray> loss) {
    StyleNetwork network = new StyleNetwork(new StyleSize(64, List.of(4, 4, 4, 4), 8));
    network.initialize(manager, DataType.FLOAT64, new Shape(1));
    float[] noise = new Noise(5).gaussian("mel", 6 * 64 * 64);
    double[] mel = new double[noise.length];
    for (int i = 0; i < mel.length; i++) {
      mel[i] = 2 * noise[i] - 5;
    }
    NDArray pieces = manager.create(mel, new Shape(6, 1, 64, 64));
    ParameterStore store = new ParameterStore(manager, false);
    Map<String, Parameter> parameters = Parts.parameters(network);
    parameters.values().forEach(parameter -> parameter.getArray().setRequiresGradient(true));
    try (var collector = engine.newGradientCollector()) {
      NDArray value = loss.apply(network.apply(store, pieces, true));
      System.gc(); // what the gradient needs must not lie in Java's memory
      collector.backward(value);
    }
    double step = 1e-5;
    parameters.forEach(
        (name, parameter) -> {
          double[] gradient = parameter.getArray().getGradient().toDoubleArray();
          parameter.getArray().setRequiresGradient(false);
          for (int at : new int[] {0, gradient.length - 1}) {
            double[] one = new double[gradient.length];
            one[at] = step;
            NDArray change = manager.create(one, parameter.getArray().getShape());
            parameter.getArray().addi(change);
            double above = number(loss.apply(network.apply(store, pieces, false)));
            parameter.getArray().subi(change).subi(change);
            double below = number(loss.apply(network.apply(store, pieces, false)));
            parameter.getArray().addi(change);
            assertThat((above - below) / (2 * step))
                .as(name + " " + at)
                .isCloseTo(gradient[at], within(1e-7 + 1e-4 * Math.abs(gradient[at])));
          }
        });
  }

  private static double number(NDArray scalar) {
    return scalar.toDoubleArray()[0];
  }

  @Test
  void everyParameterLearnsAndTheLossFalls() throws IOException {
    Corpus corpus = TinyCorpus.in(folder, "a", "b", "c");
    for (TrainingSession session : List.of(style(corpus), simclr(corpus))) {
      Phase phase = session.phases().get(0);
      double first = descend(phase);
      double last = first;
      for (int i = 0; i < 15; i++) {
        last = descend(phase);
      }
      assertThat(last).isLessThan(first);
    }
  }

  /** One plain step down the slope; gives the loss before it. */
  private double descend(Phase phase) {
    try (NDManager scope = manager.newSubManager()) {
      phase.parameters().values().forEach(p -> p.getArray().setRequiresGradient(true));
      double value;
      try (var collector = engine.newGradientCollector()) {
        NDArray loss = phase.loss().of(Draw.fixed(4, 3, scope), new ParameterStore(scope, false));
        value = loss.toFloatArray()[0];
        collector.backward(loss);
      }
      phase
          .parameters()
          .forEach(
              (name, parameter) -> {
                NDArray array = parameter.getArray();
                NDArray gradient = array.getGradient().duplicate();
                assertThat(gradient.isNaN().any().getBoolean()).as(name).isFalse();
                array.setRequiresGradient(false);
                array.subi(gradient.mul(0.02f));
              });
      return value;
    }
  }

  @Test
  void validationTellsTracksItNeverHeard() throws IOException {
    TrainingSession session = style(TinyCorpus.in(folder, "a", "b", "c"));
    Map<String, Double> figures = session.validate();
    assertThat(figures.keySet().iterator().next()).isEqualTo("error");
    assertThat(figures)
        .containsEntry("val.chance", 1 / 3.0)
        .containsEntry("labels.chance", .5)
        .doesNotContainKey("test.chance"); // no such tracks here
    assertThat(figures.get("error")).isEqualTo(1 - figures.get("val.segment"));
    assertThat(session.validate()).isEqualTo(figures);
  }

  @Test
  void recognitionIsByTheNearest() throws IOException {
    Corpus corpus = TinyCorpus.in(folder, "a", "b", "c");
    Recognition recognition =
        new Recognition(
            Pieces.byLabel(corpus.tracks("train")), Pieces.byLabel(corpus.tracks("val")), 4, 64);
    Map<String, Double> perfect =
        recognition.figures(
            pieces -> heard(pieces, piece -> (int) piece.track().label().charAt(0)));
    assertThat(perfect).containsEntry("oneShot", 1.0).containsEntry("segment", 1.0);
    Map<String, Double> deaf = recognition.figures(pieces -> heard(pieces, piece -> 0));
    assertThat(deaf.get("segment")).isCloseTo(1 / 3.0, within(1e-9));
    assertThat(deaf.get("oneShot")).isCloseTo(1 / 3.0, within(1e-9));
  }

  private static float[][] heard(
      List<Corpus.Piece> pieces, Function<Corpus.Piece, Integer> network) {
    return pieces.stream().map(piece -> new float[] {network.apply(piece)}).toArray(float[][]::new);
  }

  @Test
  void givesThePartsThatThePluginsRead() throws IOException {
    Corpus corpus = TinyCorpus.in(folder, "a", "b");
    TrainedPart style = style(corpus).parts().get(0);
    TrainedPart simclr = simclr(corpus).parts().get(0);
    assertThat(style.name()).isEqualTo("embedding.style-network");
    assertThat(simclr.name()).isEqualTo("embedding.simclr");
    StyleSize size = StyleSize.of(simclr.architecture());
    assertThat(size).isEqualTo(new StyleSize(64, List.of(4, 4, 4, 4), 8));
    assertThat(simclr.weights().stream().map(weight -> weight.name()).toList())
        .containsExactlyElementsOf(Parts.parameters(new StyleNetwork(size)).keySet());
  }

  @Test
  void refusesACorpusOfOneComposer() throws IOException {
    Corpus corpus = TinyCorpus.in(folder, "a");
    assertThatThrownBy(() -> style(corpus))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("1 labels");
  }
}
