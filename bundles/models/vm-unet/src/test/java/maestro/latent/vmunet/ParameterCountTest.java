package maestro.latent.vmunet;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.nn.Block;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Sizes to the unit, from the shapes alone: no array is made. */
final class ParameterCountTest {
  private static long count(Block block) {
    return block.getParameters().stream().mapToLong(p -> p.getValue().getShape().size()).sum();
  }

  private static ControlBranch branch(VideoConditioning conditioning) {
    return new ControlBranch(UNetConfig.small(conditioning), ControlConfig.paper());
  }

  private static long trainedWithLora(ControlBranch branch) {
    branch.attachLora(128, 128);
    return branch.getParameters().stream()
        .filter(p -> ControlBranch.trainedWithLora(p.getKey()))
        .mapToLong(p -> p.getValue().getShape().size())
        .sum();
  }

  @Test
  void unetsOfAllSizes() {
    UNet small = new UNet(UNetConfig.small(VideoConditioning.FILM));
    assertThat(count(small)).isEqualTo(185_036_552);
    assertThat(small.getParameters().size()).isEqualTo(690);
    assertThat(count(new UNet(UNetConfig.medium(VideoConditioning.FILM)))).isEqualTo(415_954_568);
    assertThat(count(new UNet(UNetConfig.large(VideoConditioning.FILM)))).isEqualTo(739_139_080);
    assertThat(count(new UNet(UNetConfig.small(VideoConditioning.CROSS_ATTENTION))))
        .isEqualTo(185_200_392);
    assertThat(count(new UNet(Tiny.unet(VideoConditioning.FILM)))).isEqualTo(11_595_720);
  }

  @Test
  void vae() {
    MusicVae vae = new MusicVae(VaeConfig.of(128));
    assertThat(count(vae)).isEqualTo(55_376_873);
    assertThat(vae.getParameters().size()).isEqualTo(204);
  }

  @Test
  void branches() {
    assertThat(count(branch(VideoConditioning.FILM))).isEqualTo(87_463_744);
    assertThat(count(branch(VideoConditioning.CROSS_ATTENTION))).isEqualTo(87_430_976);
    assertThat(trainedWithLora(branch(VideoConditioning.FILM))).isEqualTo(20_476_480);
    assertThat(trainedWithLora(branch(VideoConditioning.CROSS_ATTENTION))).isEqualTo(20_574_784);
    UNetConfig tiny = Tiny.unet(VideoConditioning.FILM);
    assertThat(count(new ControlBranch(tiny, Tiny.controls()))).isEqualTo(5_474_768);
    UNetConfig crossing = Tiny.unet(VideoConditioning.CROSS_ATTENTION);
    assertThat(count(new ControlBranch(crossing, Tiny.controls()))).isEqualTo(5_293_520);
  }

  @Test
  void onlyKeysAndValuesOfTheSecondAttentionsDifferFromAudioLdmWhenCrossing() {
    List<String> film = shapes(new UNet(UNetConfig.small(VideoConditioning.FILM)));
    List<String> crossing = shapes(new UNet(UNetConfig.small(VideoConditioning.CROSS_ATTENTION)));
    crossing.removeAll(film);
    assertThat(crossing)
        .hasSize(32)
        .allMatch(name -> name.matches(".*attn2\\.to_[kv]\\.weight .*"));
  }

  private static List<String> shapes(Block block) {
    return block.getParameters().stream()
        .map(p -> p.getKey() + " " + p.getValue().getShape())
        .collect(Collectors.toList());
  }
}
