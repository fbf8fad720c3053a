package maestro.training.vocoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import maestro.api.sound.Mel;
import maestro.checkpoint.Weight;
import maestro.signal.FilterBank;
import maestro.signal.LogMel;
import maestro.signal.Padding;
import maestro.signal.Stft;
import maestro.tensor.nn.Convolution;
import maestro.tensor.nn.Layer;
import maestro.training.Parts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Front end, discriminators, losses and weight normalisation, each by itself. */
class PartsOfHifiGanTest {
  private final Engine engine = Engine.getEngine("PyTorch");
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

  private NDArray floats(float[] values, long... shape) {
    return manager.create(FloatBuffer.wrap(values), new Shape(shape));
  }

  private NDArray noise(long seed, double deviation, long... shape) {
    Shape size = new Shape(shape);
    Random random = new Random(seed);
    double[] values = new double[(int) size.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = deviation * random.nextGaussian();
    }
    return manager.create(DoubleBuffer.wrap(values), size);
  }

  private ParameterStore store() {
    return new ParameterStore(manager, false);
  }

  @Test
  void soundIsMirroredAsTheFrontEndMirrorsIt() {
    float[] line = {1, 2, 3, 4, 5};
    assertThat(Reflection.pad(floats(line, 1, 1, 5), 3, 2).toFloatArray())
        .isEqualTo(Padding.REFLECT.pad(line, 3, 2));
    assertThat(Reflection.pad(floats(line, 1, 1, 5), 0, 4).toFloatArray())
        .isEqualTo(Padding.REFLECT.pad(line, 0, 4));
  }

  @Test
  void melsAreThoseOfTheFrontEnd() {
    float[] first = Arrays.copyOf(TinyCorpus.tone("first"), 51 * 160);
    float[] silent = new float[51 * 160];
    float[] both = Arrays.copyOf(first, 2 * first.length);
    System.arraycopy(silent, 0, both, first.length, silent.length);
    double[] doubles = new double[both.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = both[i];
    }
    double[] asFloats =
        widened(
            new MelSpectrum(manager, DataType.FLOAT32)
                .of(floats(both, 2, 1, first.length))
                .toFloatArray());
    double[] asDoubles =
        new MelSpectrum(manager, DataType.FLOAT64)
            .of(manager.create(DoubleBuffer.wrap(doubles), new Shape(2, 1, first.length)))
            .toDoubleArray();
    assertThat(asFloats).hasSize(2 * 64 * 51);
    for (int b = 0; b < 2; b++) {
      Mel mel = new LogMel().mel(b == 0 ? first : silent);
      assertThat(mel.frames()).isEqualTo(51);
      for (int t = 0; t < 51; t++) {
        for (int f = 0; f < 64; f++) {
          int at = (b * 64 + f) * 51 + t;
          double expected = mel.values()[t * 64 + f];
          assertThat(asFloats[at]).isCloseTo(expected, within(1e-4));
          assertThat(asDoubles[at]).isCloseTo(expected, within(5e-6));
        }
      }
    }
  }

  private static double[] widened(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  @Test
  void theMelHasItsSlopeWhereItIsAboveTheFloorAndNoneInSilence() {
    MelSpectrum mels = new MelSpectrum(manager, DataType.FLOAT64);
    NDArray sound = noise(1, 0.1, 2, 1, 960);
    NDArray wanted = mels.of(noise(2, 0.1, 2, 1, 960));
    Slopes.check(Map.of("sound", sound), store -> mels.of(sound).sub(wanted).abs().mean());

    NDArray silence = manager.zeros(new Shape(1, 1, 960), DataType.FLOAT64);
    silence.setRequiresGradient(true);
    try (var collector = engine.newGradientCollector()) {
      collector.backward(mels.of(silence).sum());
    }
    assertThat(silence.getGradient().toDoubleArray()).containsOnly(0);
  }

  /** Against the transform of bundle signal, by the definition of the distance. */
  @Test
  void theSpectralDistanceIsTheOneOfItsSource() {
    float[] real = Arrays.copyOf(TinyCorpus.tone("real"), 4096);
    float[] made = Arrays.copyOf(TinyCorpus.tone("made up"), 4096);
    double expected = 0;
    for (int size : new int[] {512, 1024, 2048}) {
      double[] wanted = magnitudes(real, size);
      double[] got = magnitudes(made, size);
      double above = 0;
      double below = 0;
      double logs = 0;
      for (int i = 0; i < wanted.length; i++) {
        above += (wanted[i] - got[i]) * (wanted[i] - got[i]);
        below += wanted[i] * wanted[i];
        logs += Math.abs(Math.log(wanted[i]) - Math.log(got[i]));
      }
      expected += (Math.sqrt(above / below) + logs / wanted.length) / 3;
    }
    SpectralDistance distance = new SpectralDistance(manager);
    NDArray sound = floats(real, 1, 1, 4096);
    assertThat(distance.of(sound, floats(made, 1, 1, 4096))).isCloseTo(expected, within(1e-4));
    assertThat(distance.of(sound, sound)).isZero();
  }

  private static double[] magnitudes(float[] sound, int size) {
    int hop = size / 4;
    double[][] one = new double[size / 2 + 1][size / 2 + 1];
    for (int k = 0; k < one.length; k++) {
      one[k][k] = 1;
    }
    double[] all =
        new Stft(size, hop)
            .bands(
                Padding.REFLECT.pad(sound, (size - hop) / 2, (size - hop) / 2),
                Stft.Spectrum.MAGNITUDE,
                FilterBank.of(one));
    return Arrays.stream(all).map(value -> Math.max(value, 1e-5)).toArray();
  }

  @Test
  void fullSizeHasAsManyParametersAsThePublishedOne() {
    Map<String, Parameter> parameters = Parts.parameters(new Discriminators(1024));
    long period = 0;
    long scale = 0;
    for (Map.Entry<String, Parameter> parameter : parameters.entrySet()) {
      long size = parameter.getValue().getShape().size();
      period += parameter.getKey().startsWith("mpd.") ? size : 0;
      scale += parameter.getKey().startsWith("msd.") ? size : 0;
    }
    // Of the source's layers: five times 8,218,433 and three times 9,870,209.
    assertThat(period).isEqualTo(41_092_165);
    assertThat(scale).isEqualTo(29_610_627);
    assertThat(parameters)
        .containsKeys("mpd.discriminators.4.convs.4.weight", "msd.discriminators.2.conv_post.bias");
  }

  @Test
  void aPeriodIsSeenColumnByColumn() {
    Discriminator discriminator = Discriminator.ofPeriod(3, 32);
    discriminator.initialize(manager, DataType.FLOAT64, new Shape(1));
    NDArray sound = noise(1, 1, 1, 1, 298); // filled up to 300
    NDList layers = discriminator.judge(store(), sound, false);
    assertThat(layers).hasSize(6);
    assertThat(layers.get(0).getShape()).isEqualTo(new Shape(1, 1, 34, 3));
    assertThat(layers.get(4).getShape()).isEqualTo(new Shape(1, 32, 2, 3));
    double[] before = layers.get(5).toDoubleArray(); // [1, 1, 2, 3]
    double[] samples = sound.toDoubleArray();
    samples[3 * 40 + 1] += 5;
    double[] after =
        discriminator
            .judge(store(), manager.create(samples, sound.getShape()), false)
            .get(5)
            .toDoubleArray();
    for (int i = 0; i < before.length; i++) {
      assertThat(after[i] != before[i]).as("place " + i).isEqualTo(i % 3 == 1);
    }
  }

  @Test
  void aScaleSeesMeansOfFourAtEverySecondPlace() {
    float[] line = {4, 8, 12, 16, 20, 24};
    NDArray once = Discriminator.pooled(floats(line, 1, 1, 6), 1);
    // By hand, with two zeros at either end that count.
    assertThat(once.toFloatArray()).containsExactly(3, 10, 18, 11);
    assertThat(Discriminator.pooled(floats(line, 1, 1, 6), 2).getShape())
        .isEqualTo(new Shape(1, 1, 3));
    assertThat(Discriminator.pooled(floats(line, 1, 1, 6), 0).toFloatArray()).isEqualTo(line);
  }

  @Test
  void discriminatorsHaveTheirSlopes() {
    for (Discriminator discriminator :
        List.of(
            Discriminator.ofPeriod(3, 32),
            Discriminator.ofPeriod(7, 32),
            Discriminator.ofScale(0, 32),
            Discriminator.ofScale(2, 32))) {
      NDArray sound = noise(1, 1, 2, 1, 400);
      Map<String, NDArray> arrays = arrays(discriminator);
      arrays.put("sound", sound);
      Slopes.check(
          arrays,
          store -> {
            NDList layers = discriminator.judge(store, sound, true);
            NDArray loss = layers.get(layers.size() - 1).sub(1).square().mean();
            for (NDArray layer : layers) {
              loss = loss.add(layer.square().mean());
            }
            return loss;
          });
    }
  }

  private Map<String, NDArray> arrays(Block block) {
    block.initialize(manager, DataType.FLOAT64, new Shape(1));
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    Parts.parameters(block).forEach((name, parameter) -> arrays.put(name, parameter.getArray()));
    return arrays;
  }

  @Test
  void aWrongSlopeAndAnArrayWithoutOneAreFound() {
    NDArray x = noise(1, 1, 5);
    assertThatThrownBy(() -> Slopes.check(Map.of("x", x), store -> x.mul(x.stopGradient()).sum()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("[x]");
    assertThatThrownBy(() -> Slopes.check(Map.of("x", x), store -> x.sub(x).sum()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("x matters");
  }

  /** By hand: two discriminators of one layer beside the judgement. */
  @Test
  void lossesAreThoseOfTheSource() {
    List<NDList> real =
        List.of(judged(new float[] {1, 2}, 1, 0.5f), judged(new float[] {0, 0}, 0, 2));
    List<NDList> made =
        List.of(judged(new float[] {3, 2}, 0.5f, 0.5f), judged(new float[] {-1, 1}, 1, 1));
    // (0 + .25)/2 + (.25 + .25)/2 and (1 + 1)/2 + (1 + 1)/2
    assertThat(number(AdversarialLoss.ofDiscriminators(real, made))).isEqualTo(2.375);
    // (.25 + .25)/2 and 0
    assertThat(number(AdversarialLoss.ofGenerator(made))).isEqualTo(0.25);
    // 1 + .25 and 1 + 1
    assertThat(number(AdversarialLoss.ofFeatures(real, made))).isEqualTo(3.25);
  }

  private NDList judged(float[] layer, float... judgement) {
    return new NDList(manager.create(layer), manager.create(judgement));
  }

  private static double number(NDArray scalar) {
    return scalar.toFloatArray()[0];
  }

  /** A line in groups, then one without. */
  private static final class Two extends Layer {
    private final Convolution first = child("first", Convolution.stridedLine(2, 4, 3, 1, 2));
    private final Convolution second = child("second", Convolution.line(4, 2, 5, 1));

    @Override
    public NDArray apply(ParameterStore store, NDArray x, boolean training) {
      return scoped(() -> second.apply(store, first.apply(store, x, training).square(), training));
    }
  }

  @Test
  void aNormalisedBlockBeginsAsItWasAndFoldsAsItRuns() {
    Two block = new Two();
    block.initialize(manager, DataType.FLOAT32, new Shape(1));
    NDArray x = noise(1, 1, 1, 2, 9).toType(DataType.FLOAT32, true);
    float[] plain = block.apply(store(), x, false).toFloatArray();
    WeightNorm norm = new WeightNorm(block, manager);
    assertThat(norm.parameters().keySet())
        .containsExactly(
            "first.weight_g",
            "first.weight_v",
            "first.bias",
            "second.weight_g",
            "second.weight_v",
            "second.bias");
    assertThat(norm.parameters().get("first.weight_g").getShape()).isEqualTo(new Shape(4, 1, 1));
    assertClose(block.apply(norm.store(store()), x, false).toFloatArray(), plain);

    norm.parameters().get("first.weight_g").getArray().muli(3);
    norm.parameters().get("second.weight_v").getArray().muli(7); // a direction has no length
    float[] changed = block.apply(norm.store(store()), x, false).toFloatArray();
    assertThat(changed).isNotEqualTo(plain);
    Two folded = new Two();
    folded.initialize(manager, DataType.FLOAT32, new Shape(1));
    Map<String, Weight> weights = new LinkedHashMap<>();
    norm.folded().forEach(weight -> weights.put(weight.name(), weight));
    assertThat(Parts.fill(folded, weights)).isEmpty();
    assertClose(folded.apply(store(), x, false).toFloatArray(), changed);
  }

  private static void assertClose(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i]).isCloseTo(expected[i], within(1e-5));
    }
  }

  @Test
  void aNormalisedBlockHasItsSlopes() {
    Two block = new Two();
    block.initialize(manager, DataType.FLOAT64, new Shape(1));
    WeightNorm norm = new WeightNorm(block, manager);
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    norm.parameters().forEach((name, parameter) -> arrays.put(name, parameter.getArray()));
    NDArray x = noise(1, 1, 2, 2, 9);
    Slopes.check(
        arrays,
        store -> {
          ParameterStore normalised = norm.store(store);
          // Twice, as the discriminators hear real and made sound.
          return block
              .apply(normalised, x, true)
              .square()
              .mean()
              .add(block.apply(normalised, x.square(), true).mean());
        });
  }
}
