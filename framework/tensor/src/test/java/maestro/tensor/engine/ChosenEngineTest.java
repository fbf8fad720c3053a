package maestro.tensor.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.annotation.Annotation;
import maestro.api.MaestroException;
import maestro.api.run.Device;
import maestro.tensor.onnx.OnnxEngine;
import org.junit.jupiter.api.Test;

/** Which engine a network gets. */
final class ChosenEngineTest {
  private static ChosenEngine use(String name) {
    return new ChosenEngine(
        new ChosenEngine.Settings() {
          @Override
          public String use() {
            return name;
          }

          @Override
          public int threads() {
            return 1;
          }

          @Override
          public boolean half() {
            return false;
          }

          @Override
          public Class<? extends Annotation> annotationType() {
            return ChosenEngine.Settings.class;
          }
        });
  }

  @Test
  void anEmptyNameIsTheHostsChoice() {
    ChosenEngine engine = use("onnx");
    assertThat(engine.named("")).isInstanceOf(OnnxEngine.class).isSameAs(engine.named("onnx"));
  }

  @Test
  void anEngineThatIsNotInstalledIsNamedWithItsBundle() {
    assertThatThrownBy(() -> use("pytorch").named(""))
        .isInstanceOf(MaestroException.class)
        .hasMessage(
            "engine: pytorch is not installed; add bundle maestro.engine.torch or use onnx");
    assertThatThrownBy(() -> use("onnx").named("tensorflow"))
        .hasMessage(
            "engine: there is no 'tensorflow'; use onnx, pytorch, torchscript or torchscript-float32");
  }

  @Test
  void withoutPytorchNoEngineSuitsLongWorkBetter() {
    assertThat(use("onnx").forLongWork(Device.CPU)).isEmpty();
  }
}
