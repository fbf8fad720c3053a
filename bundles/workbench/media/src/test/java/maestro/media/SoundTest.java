package maestro.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.run.Provenance;
import maestro.api.sound.Sound;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @ParameterizedTest
  @CsvSource({"NaN, 0, NaN", "Infinity, 1, infinite", "-Infinity, 1, infinite"})
  void aSampleThatIsNoNumberIsRefusedWithItsTime(float value, int channel, String words)
      throws Exception {
    float[][] channels = new float[2][40_000];
    channels[channel][12_345] = value;
    Path file = floats("a.wav", 3, 8000, channels);
    assertThatThrownBy(() -> reader.sound(file))
        .isInstanceOfSatisfying(
            MaestroException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INPUT))
        .hasMessageStartingWith(
            "a.wav: its sample at 1.5431 s is " + words + " and not a number; ");
    assertThat(reader.sound(file, 2, 1).length()).isEqualTo(8000);
    assertThatThrownBy(() -> reader.sound(file, 1, 1)).hasMessageContaining("1.5431 s");
  }

  /** ITU-R BS.775-3, table 2: what a sound in one channel alone is on the two sides. */
  @ParameterizedTest
  @CsvSource({
    "0, 1, 0",
    "1, 0, 1",
    "2, 0.70710678, 0.70710678",
    "3, 0, 0",
    "4, 0.70710678, 0",
    "5, 0, 0.70710678"
  })
  void sixChannelsAreMixedDownToTwo(int channel, float left, float right) throws Exception {
    float[] tone = TestFilm.tone(0.5, 1).channels()[0];
    float[][] channels = new float[6][tone.length];
    channels[channel] = tone;
    TestRun run = new TestRun();
    Sound sound = reader.sound(floats("a.wav", 0x3F, 16_000, channels), run);
    assertThat(sound.channels()).hasNumberOfRows(2);
    for (int i = 0; i < tone.length; i++) {
      assertThat(sound.channels()[0][i]).isCloseTo(left * tone[i], within(1e-6f));
      assertThat(sound.channels()[1][i]).isCloseTo(right * tone[i], within(1e-6f));
    }
    assertThat(run.remarks()).contains("a.wav: its 6 channels are mixed down to two (BS.775)");
  }

  @Test
  void channelsOfAnUnknownOrderAreTakenForTheUsualOne() throws Exception {
    float[] tone = TestFilm.tone(0.5, 1).channels()[0];
    float[][] channels = new float[6][tone.length];
    channels[2] = tone;
    Sound sound = reader.sound(floats("a.wav", 0, 16_000, channels));
    assertThat(sound.channels()[0][5]).isCloseTo(0.70710678f * tone[5], within(1e-6f));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0   | 0   | there is nothing but silence in its sound",
        "0   | 0.5 | there is sound on its right side only",
        "0.5 | 0   | there is sound on its left side only",
        "0.5 | 0.5 | "
      })
  void silenceIsRemarked(float left, float right, String remark) throws Exception {
    float[][] channels = TestFilm.tone(0.5, 2).channels();
    for (int i = 0; i < channels[0].length; i++) {
      channels[0][i] *= 2 * left;
      channels[1][i] *= 2 * right;
    }
    TestRun run = new TestRun();
    Sound sound = reader.sound(floats("a.wav", 3, 16_000, channels), run);
    assertThat(sound.channels()).isDeepEqualTo(channels);
    assertThat(run.remarks()).isEqualTo(remark == null ? List.of() : List.of("a.wav: " + remark));
  }

  /** A WAV file of floats; the mask says which places its channels have, 0 none. */
  private Path floats(String name, int mask, int rate, float[][] channels) throws Exception {
    int bytes = 4 * channels.length * channels[0].length;
    ByteBuffer wav = ByteBuffer.allocate(68 + bytes).order(ByteOrder.LITTLE_ENDIAN);
    wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(60 + bytes);
    wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(40).putShort((short) 0xFFFE);
    wav.putShort((short) channels.length).putInt(rate).putInt(4 * channels.length * rate);
    wav.putShort((short) (4 * channels.length)).putShort((short) 32).putShort((short) 22);
    wav.putShort((short) 32).putInt(mask).putShort((short) 3);
    wav.put(new byte[] {0, 0, 0, 0, 16, 0, (byte) 128, 0, 0, (byte) 170, 0, 56, (byte) 155, 113});
    wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(bytes);
    for (int i = 0; i < channels[0].length; i++) {
      for (float[] channel : channels) {
        wav.putFloat(channel[i]);
      }
    }
    return Files.write(folder.resolve(name), wav.array());
  }
}
