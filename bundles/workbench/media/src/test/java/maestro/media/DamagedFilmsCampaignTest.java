package maestro.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import maestro.api.MaestroException;
import maestro.api.film.FilmClip;
import maestro.api.film.FrameRequest;
import maestro.api.media.MediaReader.Subscription;
import maestro.api.run.Provenance;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Some thousand films damaged at random: the process lives, and every answer is a film or a
 * sentence.
 */
@Tag("campaign")
class DamagedFilmsCampaignTest {
  private static final int ROUNDS = 400;

  private final Limits limits = new Limits(1 << 24, 3600, 64, 20, 2);
  private final FfmpegMediaReader reader = new FfmpegMediaReader(limits);

  @TempDir Path folder;

  @Test
  void damagedFilmsAreReadOrRefused() throws Exception {
    TestFilm film = TestFilm.small().length(24, 24);
    List<Path> victims =
        List.of(
            film.tone(1).write(folder.resolve("a.mp4")),
            film.encoder("libopenh264", "yuv420p").tone(1).write(folder.resolve("b.mkv")),
            film.encoder("libvpx", "yuv420p").write(folder.resolve("c.webm")),
            film.encoder("mjpeg", "yuvj420p").write(folder.resolve("d.avi")),
            film.encoder("mpeg2video", "yuv420p").write(folder.resolve("e.ts")),
            film.encoder("prores_ks", "yuv422p10le").write(folder.resolve("f.mov")),
            film.encoder("ffv1", "yuv420p10le").write(folder.resolve("g.mkv")),
            film.encoder("flv", "yuv420p").write(folder.resolve("h.flv")),
            film.encoder("libopenh264", "yuv420p").write(folder.resolve("i.h264")),
            film.encoder("mpeg2video", "yuv420p").fields(3, true).write(folder.resolve("j.ts")),
            film.encoder("ffv1", "yuv420p").fields(0, false).write(folder.resolve("k.mkv")),
            edited(film.coding(coder -> coder.max_b_frames(2)).write(folder.resolve("l.mp4"))),
            Path.of(getClass().getResource("extras.mp4").toURI()),
            Path.of(getClass().getResource("extras.mkv").toURI()));
    int read = 0;
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      for (Path victim : victims) {
        Path damaged = folder.resolve("damaged-" + victim.getFileName());
        Files.write(damaged, damage(Files.readAllBytes(victim), new Random(round)));
        try {
          FilmClip clip = reader.probe(damaged);
          reader.read(
              clip,
              List.of(
                  new Subscription(
                      new FrameRequest(1, 32, 18),
                      source -> {
                        while (source.next() != null) {
                          // Decoding is all that is asked for.
                        }
                      })),
              new TestRun());
          if (clip.hasSound()) {
            reader.sound(damaged);
          }
          String ending = round % 2 == 0 ? "mp4" : "mkv";
          Path result = folder.resolve("result." + ending);
          new FfmpegMediaWriter(limits)
              .film(result, clip, TestFilm.tone(1, 1), new Provenance("{}"));
          reader.probe(result);
          read++;
        } catch (MaestroException e) {
          assertThat(e.getMessage())
              .as("round %d of %s", round, victim)
              .contains(": ")
              .contains("; ");
          refused++;
        }
      }
    }
    assertThat(read + refused).isEqualTo(ROUNDS * victims.size());
    assertThat(read).isPositive();
    assertThat(refused).isPositive();
  }

  private static Path edited(Path film) throws IOException {
    IndexFile.edit(
        film,
        List.of(
            new EditList.Edit(0, 5 * TestFilm.TIME_SCALE, 9 * TestFilm.TIME_SCALE),
            new EditList.Edit(0, 2 * TestFilm.TIME_SCALE, 12 * TestFilm.TIME_SCALE)));
    return film;
  }

  /** Flips bits in the whole or only in the head, overwrites a stretch, or cuts. */
  private static byte[] damage(byte[] film, Random random) {
    int reach = random.nextBoolean() ? film.length : Math.min(film.length, 600);
    switch (random.nextInt(4)) {
      case 0 -> {
        for (int i = random.nextInt(60); i >= 0; i--) {
          film[random.nextInt(reach)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      case 1 -> {
        for (int i = random.nextInt(12); i >= 0; i--) {
          film[random.nextInt(reach)] = (byte) random.nextInt(256);
        }
      }
      case 2 -> {
        int from = random.nextInt(reach);
        byte[] noise = new byte[Math.min(random.nextInt(300), film.length - from)];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, film, from, noise.length);
      }
      default -> {
        return java.util.Arrays.copyOf(film, random.nextInt(film.length));
      }
    }
    return film;
  }
}
