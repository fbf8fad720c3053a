package maestro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import maestro.api.MaestroException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingRecipeTest {
  private static TrainingRecipe of(String fields) {
    return TrainingRecipe.parse("test", "{\"task\": \"music-vae\"" + fields + "}");
  }

  @Test
  void defaultsAreThePapers() {
    TrainingRecipe recipe = of("");
    assertThat(recipe.steps).isEqualTo(200_000);
    assertThat(recipe.learningRate).isEqualTo(1e-4);
    assertThat(recipe.warmUp).isEqualTo(2000);
    assertThat(recipe.averageDecay).isEqualTo(0.9999);
    assertThat(recipe.weightDecay).isEqualTo(0.01);
  }

  @Test
  void theLearningRateRisesFromNothingAndStays() {
    TrainingRecipe recipe = of("");
    assertThat(recipe.learningRate(0)).isZero();
    assertThat(recipe.learningRate(500)).isCloseTo(2.5e-5, within(1e-12));
    assertThat(recipe.learningRate(2000)).isEqualTo(1e-4);
    assertThat(recipe.learningRate(150_000)).isEqualTo(1e-4);
  }

  @Test
  void theCosineEndsAtNothing() {
    TrainingRecipe recipe = of(", \"steps\": 100, \"warmUp\": 0, \"schedule\": \"cosine\"");
    assertThat(recipe.learningRate(50)).isCloseTo(5e-5, within(1e-12));
    assertThat(recipe.learningRate(100)).isCloseTo(0, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "steps; 0",
        "batch; 0",
        "accumulate; -1",
        "learningRate; 0",
        "warmUp; -1",
        "schedule; \"linear\"",
        "betas; [0.9]",
        "weightDecay; -1",
        "averageDecay; 1",
        "clip; -1",
        "validateEvery; 0",
        "checkpointEvery; 0",
        "logEvery; 0"
      })
  void anIllegalValueIsRefusedByName(String field, String value) {
    assertThatThrownBy(() -> of(", \"" + field + "\": " + value))
        .isInstanceOfSatisfying(
            MaestroException.class,
            e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.INPUT))
        .hasMessageContaining(field);
  }

  @Test
  void unknownFieldsAndOtherTextAreRefused() {
    assertThatThrownBy(() -> of(", \"stepz\": 3")).hasMessageContaining("stepz");
    assertThatThrownBy(() -> TrainingRecipe.parse("t", "[]")).isInstanceOf(MaestroException.class);
    assertThatThrownBy(() -> TrainingRecipe.parse("t", "{}")).hasMessageContaining("task");
    assertThatThrownBy(() -> TrainingRecipe.parse("t", "")).isInstanceOf(MaestroException.class);
  }

  @Test
  void onlyLengthAndReportsMayChangeOnTheWay() {
    assertThat(of(", \"steps\": 10").continues(of(", \"steps\": 20, \"logEvery\": 1"))).isTrue();
    assertThat(of("").continues(of(", \"seed\": 8"))).isFalse();
    assertThat(of("").continues(of(", \"config\": {\"channels\": 64}"))).isFalse();
    assertThat(
            of(", \"schedule\": \"cosine\", \"steps\": 10")
                .continues(of(", \"schedule\": \"cosine\", \"steps\": 20")))
        .isFalse();
  }
}
