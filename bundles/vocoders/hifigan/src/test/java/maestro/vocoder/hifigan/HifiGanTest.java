package maestro.vocoder.hifigan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.AudioLdmNames;
import maestro.checkpoint.Averaging;
import maestro.checkpoint.FillRule;
import maestro.checkpoint.Weight;
import maestro.checkpoint.WrappedNames;
import maestro.tensor.nn.Initial;
import org.junit.jupiter.api.Test;

/** The generator gives the numbers of AudioLDM's own class for weights by rule. */
final class HifiGanTest {
  @Test
  void tinyGeneratorGivesTheReferenceNumbers() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      HifiGan generator = new HifiGan(HifiGanConfig.of(64));
      for (Pair<String, Parameter> pair : generator.getParameters()) {
        Parameter parameter = pair.getValue();
        parameter.setInitializer(
            Initial.of(FillRule.tensor("voc." + pair.getKey(), parameter.getShape().getShape())));
        parameter.freeze(true);
      }
      generator.initialize(manager, DataType.FLOAT32);
      NDArray mel = manager.create(FillRule.random("input:vmel", 64 * 20), new Shape(1, 64, 20));
      NDArray sound =
          generator
              .forward(new ParameterStore(manager, false), new NDList(mel), false)
              .singletonOrThrow();
      assertThat(sound.getShape()).isEqualTo(new Shape(1, 1, 3232));
      float[] y = sound.toFloatArray();
      double[] golden = {.04900932, .06756368, .07999855, .1856832, .2549509, .2383003, .2005496};
      int[] places = {0, 1, 2, 3232 / 3, 3232 / 2, 2 * 3232 / 3, 3231};
      for (int i = 0; i < places.length; i++) {
        assertThat((double) y[places[i]]).isCloseTo(golden[i], within(1e-5));
      }
      assertThat(sound.mean().getFloat()).isCloseTo(.2765504f, within(1e-5f));
      assertThat(sound.min().getFloat()).isCloseTo(.04900932f, within(1e-5f));
      assertThat(sound.max().getFloat()).isCloseTo(.6070398f, within(1e-5f));
    }
  }

  @Test
  void fullSizeHasAsManyParametersAsThePublishedOne() {
    HifiGan generator = new HifiGan(HifiGanConfig.of(1024));
    assertThat(
            generator.getParameters().stream().mapToLong(p -> p.getValue().getShape().size()).sum())
        .isEqualTo(55_264_897);
    assertThat(generator.getParameters().size()).isEqualTo(194);
  }

  @Test
  void aFileWithWeightNormAndOneWithoutFillTheSameGenerator() {
    HifiGan generator = new HifiGan(HifiGanConfig.of(64));
    Map<String, Weight> split = new LinkedHashMap<>();
    for (Pair<String, Parameter> pair : generator.getParameters()) {
      String name = "generator." + pair.getKey();
      long[] shape = pair.getValue().getShape().getShape();
      float[] values = FillRule.tensor(name, shape).values();
      if (name.endsWith(".bias")) {
        split.put(name, Weight.of(name, new FloatTensor(shape, values)));
        continue;
      }
      // w = g·v/|v| for each index of the first axis; take |v| three times too large.
      int rows = (int) shape[0];
      int width = values.length / rows;
      float[] norms = new float[rows];
      float[] scaled = new float[values.length];
      for (int r = 0; r < rows; r++) {
        double squares = 0;
        for (int i = r * width; i < (r + 1) * width; i++) {
          squares += (double) values[i] * values[i];
          scaled[i] = 3 * values[i];
        }
        norms[r] = (float) Math.sqrt(squares);
      }
      split.put(name + "_g", Weight.of(name + "_g", FloatTensor.of(norms, rows, 1, 1)));
      split.put(name + "_v", Weight.of(name + "_v", new FloatTensor(shape, scaled)));
    }
    Map<String, Weight> folded =
        AudioLdmNames.hifigan(
            WrappedNames.find("split", split, Averaging.AUTO, AudioLdmNames.HIFIGAN)
                .orElseThrow()
                .weights());
    for (Pair<String, Parameter> pair : generator.getParameters()) {
      long[] shape = pair.getValue().getShape().getShape();
      float[] expected = FillRule.tensor("generator." + pair.getKey(), shape).values();
      assertThat(folded.get(pair.getKey()).toFloats())
          .as(pair.getKey())
          .usingComparatorWithPrecision(1e-6f)
          .containsExactly(expected);
    }
  }
}
