package maestro.graph.run;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sound.midi.InvalidMidiDataException;
import javax.sound.midi.MetaMessage;
import javax.sound.midi.MidiEvent;
import javax.sound.midi.MidiSystem;
import javax.sound.midi.Sequence;
import javax.sound.midi.ShortMessage;
import javax.sound.midi.Track;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.control.Note;

/**
 * The notes of a Standard MIDI File, of all tracks and channels together; channel 10 is percussion.
 * A note that is never ended lasts until the last event of its track.
 */
final class MidiFile {
  private static final long MAX_BYTES = 16L << 20;
  private static final int PERCUSSION = 9;
  private static final int TEMPO = 0x51;
  private static final double LOUDEST = 127;

  /** Microseconds of a quarter note until a file says otherwise: 120 beats a minute. */
  private static final double USUAL_TEMPO = 500_000;

  private static final double MICROSECONDS = 1e6;
  private static final double MAX_SECONDS = 24 * 3600;

  private MidiFile() {}

  /**
   * Reads the notes, in the order of their beginnings.
   *
   * @throws MaestroException of kind INPUT when it is no MIDI file or has no notes
   */
  static List<Note> read(Path file) {
    String name = String.valueOf(file.getFileName());
    Sequence sequence = sequence(file, name);
    List<Note> notes = new ArrayList<>();
    try {
      Clock clock = new Clock(sequence);
      for (Track track : sequence.getTracks()) {
        notes(track, clock, notes);
      }
    } catch (IllegalArgumentException e) {
      throw refused(
          name, "it has a note out of any range (" + e.getMessage() + ")", "export it again", e);
    }
    if (notes.isEmpty()) {
      throw refused(name, "it has no notes", "give a file with at least one", null);
    }
    notes.sort(Comparator.comparingDouble(Note::seconds).thenComparingInt(Note::pitch));
    if (notes.get(notes.size() - 1).seconds() > MAX_SECONDS) {
      throw refused(name, "it is longer than a day", "give a shorter one", null);
    }
    return notes;
  }

  private static Sequence sequence(Path file, String name) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw refused(name, "it is larger than 16 MiB", "give a shorter piece", null);
      }
      return MidiSystem.getSequence(new ByteArrayInputStream(Files.readAllBytes(file)));
    } catch (IOException | InvalidMidiDataException | RuntimeException e) {
      if (e instanceof MaestroException known) {
        throw known;
      }
      // The reader of the JDK also fails with what its arrays throw.
      throw refused(
          name,
          "it cannot be read as a MIDI file (" + e.getMessage() + ")",
          "export it again as a Standard MIDI File",
          e);
    }
  }

  private static void notes(Track track, Clock clock, List<Note> notes) {
    Map<Integer, Deque<Sounding>> sounding = new HashMap<>();
    for (int i = 0; i < track.size(); i++) {
      MidiEvent event = track.get(i);
      if (!(event.getMessage() instanceof ShortMessage message)) {
        continue;
      }
      int command = message.getCommand();
      if (command != ShortMessage.NOTE_ON && command != ShortMessage.NOTE_OFF) {
        continue;
      }
      int key = message.getChannel() << 8 | message.getData1();
      double seconds = clock.seconds(event.getTick());
      if (command == ShortMessage.NOTE_ON && message.getData2() > 0) {
        sounding
            .computeIfAbsent(key, first -> new ArrayDeque<>())
            .add(new Sounding(seconds, message));
      } else if (sounding.containsKey(key) && !sounding.get(key).isEmpty()) {
        notes.add(sounding.get(key).poll().until(seconds));
      }
    }
    double end = clock.seconds(track.ticks());
    sounding.values().forEach(all -> all.forEach(note -> notes.add(note.until(end))));
  }

  /** A note that has not ended yet. */
  private record Sounding(double seconds, ShortMessage begin) {
    Note until(double end) {
      return new Note(
          seconds,
          Math.max(0, end - seconds),
          begin.getData1(),
          begin.getData2() / LOUDEST,
          begin.getChannel() != PERCUSSION);
    }
  }

  /** Ticks as seconds: by the tempo map, or by the film's frames. */
  private static final class Clock {
    private final double secondsPerTick;

    /** By the tick where a tempo begins: its second, and seconds per tick from there on. */
    private final TreeMap<Long, double[]> tempos = new TreeMap<>();

    Clock(Sequence sequence) {
      float frames = sequence.getDivisionType();
      boolean byBeats = frames == Sequence.PPQ;
      secondsPerTick = byBeats ? 0 : 1 / (frames * (double) sequence.getResolution());
      if (byBeats) {
        tempos(sequence);
      }
    }

    private void tempos(Sequence sequence) {
      TreeMap<Long, Double> written = new TreeMap<>(Map.of(0L, USUAL_TEMPO));
      for (Track track : sequence.getTracks()) {
        for (int i = 0; i < track.size(); i++) {
          if (track.get(i).getMessage() instanceof MetaMessage message
              && message.getType() == TEMPO
              && message.getData().length == 3) {
            byte[] data = message.getData();
            written.put(
                track.get(i).getTick(),
                (double) ((data[0] & 0xFF) << 16 | (data[1] & 0xFF) << 8 | data[2] & 0xFF));
          }
        }
      }
      double seconds = 0;
      long before = 0;
      double perTick = 0;
      for (Map.Entry<Long, Double> tempo : written.entrySet()) {
        seconds += (tempo.getKey() - before) * perTick;
        before = tempo.getKey();
        perTick = tempo.getValue() / MICROSECONDS / sequence.getResolution();
        tempos.put(before, new double[] {seconds, perTick});
      }
    }

    double seconds(long tick) {
      if (tempos.isEmpty()) {
        return tick * secondsPerTick;
      }
      Map.Entry<Long, double[]> tempo = tempos.floorEntry(tick);
      return tempo.getValue()[0] + (tick - tempo.getKey()) * tempo.getValue()[1];
    }
  }

  private static MaestroException refused(String name, String cause, String next, Exception e) {
    return new MaestroException(Kind.INPUT, name, cause, next, e);
  }
}
