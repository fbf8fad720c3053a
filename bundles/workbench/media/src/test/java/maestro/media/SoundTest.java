package maestro.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.run.Provenance;
import maestro.api.sound.Sound;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoundTest {
  private static final Provenance NOTE = new Provenance("{\"seed\":7,\"film\":\"Ümläut 電\"}");

  private final Limits limits = new Limits(1 << 26, 3600, 64, 20, 2);
  private final FfmpegMediaReader reader = new FfmpegMediaReader(limits);
  private final FfmpegMediaWriter writer = new FfmpegMediaWriter(limits);

  @TempDir Path folder;

  @Test
  void wavKeepsEverySample() {
    Random random = new Random(3);
    float[][] channels = new float[2][50_001];
    for (int i = 0; i < channels[0].length; i++) {
      channels[0][i] = (random.nextInt(65535) - 32767) / 32768f;
      channels[1][i] = (random.nextInt(65535) - 32767) / 32768f;
    }
    Path file = folder.resolve("a.wav");
    writer.wav(file, new Sound(channels, 22_050), NOTE);
    Sound read = reader.sound(file);
    assertThat(read.sampleRateHz()).isEqualTo(22_050);
    assertThat(read.channels()).isDeepEqualTo(channels);
    assertThat(writer.provenance(file)).isEqualTo(NOTE);
  }

  @Test
  void wavRoundsAndClamps() throws Exception {
    Path file = folder.resolve("a.wav");
    float[] samples = {0, 0.4f / 32768, 0.6f / 32768, -0.6f / 32768, 1, -1, 2.5f, -9, Float.NaN};
    writer.wav(file, Sound.mono(samples, 8000), NOTE);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(bytes.limit() - 2 * samples.length);
    short[] written = new short[samples.length];
    bytes.asShortBuffer().get(written);
    assertThat(written).containsExactly(0, 0, 1, -1, 32767, -32767, 32767, -32767, 0);
  }

  @Test
  void wavIsRiffWithTheManifestAsItsComment() throws Exception {
    Path file = folder.resolve("a.wav");
    writer.wav(file, Sound.mono(new float[10], 16_000), new Provenance("{}"));
    byte[] all = Files.readAllBytes(file);
    assertThat(all).hasSize(12 + 24 + 8 + 4 + 8 + 4 + 8 + 20);
    ByteBuffer bytes = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes.getInt(4)).isEqualTo(all.length - 8);
    assertThat(new String(all, 36, 20, StandardCharsets.ISO_8859_1))
        .isEqualTo("LIST\20\0\0\0INFOICMT\3\0\0\0");
    assertThat(new String(all, 56, 4, StandardCharsets.ISO_8859_1)).isEqualTo("{}\0\0");
  }

  @Test
  void readsSoundOutOfAFilmAtItsOwnRate() {
    Path film = TestFilm.small().length(48, 24).tone(2).write(folder.resolve("a.mkv"));
    Sound sound = reader.sound(film);
    assertThat(sound.sampleRateHz()).isEqualTo(16_000);
    assertThat(sound.channels()).hasDimensions(1, 32_000);
    float[] tone = TestFilm.tone(2, 1).channels()[0];
    assertThat(sound.channels()[0]).containsExactly(tone, within(0.6f / 32768));
  }

  @Test
  void aacComesBackInStepAndWhole() {
    Path film = TestFilm.small().length(48, 24).tone(2).write(folder.resolve("a.mp4"));
    float[] read = reader.sound(film).channels()[0];
    assertThat(read.length).isBetween(32_000, 32_000 + 1024);
    float[] tone = TestFilm.tone(2, 1).channels()[0];
    double error = 0;
    for (int i = 0; i < tone.length; i++) {
      error += (read[i] - tone[i]) * (read[i] - tone[i]);
    }
    assertThat(Math.sqrt(error / tone.length)).isLessThan(0.01);
  }

  @Test
  void aFilmWithoutSoundIsRefusedInASentence() {
    Path film = TestFilm.small().write(folder.resolve("silent.mp4"));
    assertThatThrownBy(() -> reader.sound(film))
        .isInstanceOfSatisfying(
            MaestroException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INPUT))
        .hasMessage("silent.mp4: there is no sound in it; name a file with sound");
  }

  @Test
  void soundBeyondTheLimitIsRefused() {
    Path file = folder.resolve("a.wav");
    writer.wav(file, TestFilm.tone(3, 1), NOTE);
    assertThatThrownBy(() -> new FfmpegMediaReader(new Limits(1 << 26, 2, 64, 20, 1)).sound(file))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("maximumHours");
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    Path file = folder.resolve("missing").resolve("a.wav");
    assertThatThrownBy(() -> writer.wav(file, TestFilm.tone(1, 1), NOTE))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("there is no folder");
  }

  @Test
  void aFileWithoutAManifestIsRefused() {
    Path film = TestFilm.small().write(folder.resolve("a.mp4"));
    assertThatThrownBy(() -> writer.provenance(film))
        .isInstanceOfSatisfying(
            MaestroException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INPUT))
        .hasMessageContaining("there is no manifest in it");
  }
}
