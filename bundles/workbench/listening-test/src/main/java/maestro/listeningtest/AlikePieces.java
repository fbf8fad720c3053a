package maestro.listeningtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maestro.api.MaestroException;
import maestro.api.film.FilmClip;
import maestro.api.media.MediaReader;
import maestro.api.media.MediaWriter;
import maestro.api.run.Provenance;
import maestro.api.sound.Sound;
import maestro.files.Folders;
import maestro.signal.Bs1770;
import maestro.signal.Downmix;
import maestro.signal.Resampler;

/**
 * Pieces of a listening test brought to one rate, number of channels, length and loudness, so that
 * nothing but the music tells who made one.
 *
 * <p>The rate and the channels are the least that any piece has, the length that of the shortest;
 * of films the pictures stay whole and the sound is as long as they are. The loudness is −23 LUFS
 * (EBU R 128; ITU-R BS.1770-4), or less where that would take a true peak above −1 dBTP. What a
 * file says of its making stays out.
 */
final class AlikePieces {
  private static final double LOUDNESS = -23;
  private static final double HIGHEST_PEAK = -1;
  private static final double SHORTEST_SECONDS = 0.4;
  private static final Set<String> FILMS = Set.of("mp4", "m4v", "mov", "mkv", "webm");

  private final MediaReader reader;
  private final MediaWriter writer;

  AlikePieces(MediaReader reader, MediaWriter writer) {
    this.reader = reader;
    this.writer = writer;
  }

  /** A piece as it is embedded. */
  record Piece(String type, byte[] bytes) {}

  /**
   * All pieces, and what they have in common.
   *
   * @param seconds length of the shortest
   * @param loudness LUFS; NaN when all pieces are silent
   * @param remarks what the organiser should know
   */
  record Alike(
      Map<Path, Piece> pieces,
      int sampleRateHz,
      int channels,
      double seconds,
      double loudness,
      List<String> remarks) {}

  /**
   * Makes pieces alike.
   *
   * @throws MaestroException of kind INPUT when a piece cannot be read or is shorter than 0.4 s
   */
  Alike of(List<Path> files) {
    Map<Path, FilmClip> films = films(files);
    boolean pictures = films.size() == files.size();
    int rate = Integer.MAX_VALUE;
    int channels = 2;
    double shortest = Double.POSITIVE_INFINITY;
    double longest = 0;
    for (Path file : files) {
      Sound sound = reader.sound(file);
      rate = Math.min(rate, sound.sampleRateHz());
      channels = Math.min(channels, sound.channels().length);
      shortest = Math.min(shortest, sound.seconds());
      longest = Math.max(longest, sound.seconds());
      if (sound.seconds() < SHORTEST_SECONDS) {
        throw refused(file, "it is shorter than 0.4 s, so it has no loudness");
      }
    }
    Map<Path, Sound> sounds = new LinkedHashMap<>();
    Map<Path, Double> levels = new LinkedHashMap<>();
    double target = LOUDNESS;
    for (Path file : files) {
      double seconds = pictures ? films.get(file).durationSeconds() : shortest;
      Sound sound = shaped(reader.sound(file), rate, channels, seconds);
      double level = Bs1770.loudness(sound);
      sounds.put(file, sound);
      levels.put(file, level);
      if (!Double.isNaN(level)) {
        target = Math.min(target, HIGHEST_PEAK - Bs1770.truePeak(sound) + level);
      }
    }
    Map<Path, Piece> pieces = new LinkedHashMap<>();
    List<String> remarks = new ArrayList<>();
    for (Path file : files) {
      double level = levels.get(file);
      if (Double.isNaN(level)) {
        remarks.add(file.getFileName() + " is silent");
      }
      Sound sound = louder(sounds.get(file), Double.isNaN(level) ? 0 : target - level);
      pieces.put(file, written(sound, pictures ? Optional.of(films.get(file)) : Optional.empty()));
    }
    if (!pictures && !films.isEmpty()) {
      remarks.add("pictures are left out, as not all pieces have one");
    }
    if (!pictures && longest > 1.5 * shortest) {
      remarks.add(
          String.format(
              Locale.ROOT,
              "all pieces are cut to the %.1f s of the shortest; the longest has %.1f s",
              shortest,
              longest));
    }
    boolean silent = levels.values().stream().allMatch(level -> level.isNaN());
    return new Alike(
        pieces, rate, channels, shortest, silent ? Double.NaN : target, List.copyOf(remarks));
  }

  /** Pieces with a picture. */
  private Map<Path, FilmClip> films(List<Path> files) {
    Map<Path, FilmClip> films = new LinkedHashMap<>();
    for (Path file : files) {
      String name = file.getFileName().toString();
      if (FILMS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT))) {
        try {
          films.put(file, reader.probe(file));
        } catch (MaestroException e) {
          if (e.kind() != MaestroException.Kind.INPUT) {
            throw e;
          }
          // A container of films with sound alone: then it is a sound.
        }
      }
    }
    return films;
  }

  private static Sound shaped(Sound sound, int rate, int channels, double seconds) {
    float[][] own = channels == 1 ? new float[][] {Downmix.MEAN.apply(sound)} : sound.channels();
    float[][] shaped = new float[channels][];
    for (int c = 0; c < channels; c++) {
      shaped[c] =
          Arrays.copyOf(
              Resampler.resample(own[c], sound.sampleRateHz(), rate),
              (int) Math.round(seconds * rate));
    }
    return new Sound(shaped, rate);
  }

  private static Sound louder(Sound sound, double decibels) {
    float gain = (float) Math.pow(10, decibels / 20);
    float[][] channels = new float[sound.channels().length][];
    for (int c = 0; c < channels.length; c++) {
      channels[c] = sound.channels()[c].clone();
      for (int n = 0; n < channels[c].length; n++) {
        channels[c][n] *= gain;
      }
    }
    return new Sound(channels, sound.sampleRateHz());
  }

  private Piece written(Sound sound, Optional<FilmClip> film) {
    Provenance nothing = new Provenance("{}");
    try {
      Path folder = Files.createTempDirectory("maestro-mos");
      try {
        Path file = folder.resolve(film.isPresent() ? "piece.mp4" : "piece.wav");
        if (film.isPresent()) {
          writer.film(file, film.get(), sound, nothing);
        } else {
          writer.wav(file, sound, nothing);
        }
        return new Piece(film.isPresent() ? "video/mp4" : "audio/wav", Files.readAllBytes(file));
      } finally {
        Folders.delete(folder);
      }
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.RESOURCE,
          "mos prepare",
          "a piece cannot be written",
          "check the disk",
          e);
    }
  }

  private static MaestroException refused(Path file, String cause) {
    return new MaestroException(
        MaestroException.Kind.INPUT, file.getFileName().toString(), cause, "leave it out");
  }
}
