package maestro.graph.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.sound.midi.InvalidMidiDataException;
import javax.sound.midi.MetaMessage;
import javax.sound.midi.MidiEvent;
import javax.sound.midi.MidiSystem;
import javax.sound.midi.Sequence;
import javax.sound.midi.ShortMessage;
import javax.sound.midi.Track;
import maestro.api.MaestroException;
import maestro.api.control.Note;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MidiFileTest {
  private static final int PER_QUARTER = 480;

  @TempDir Path folder;

  private static void note(Track track, int channel, int pitch, int strength, long from, long to)
      throws InvalidMidiDataException {
    track.add(
        new MidiEvent(new ShortMessage(ShortMessage.NOTE_ON, channel, pitch, strength), from));
    track.add(new MidiEvent(new ShortMessage(ShortMessage.NOTE_OFF, channel, pitch, 0), to));
  }

  private static void tempo(Track track, int microseconds, long tick)
      throws InvalidMidiDataException {
    byte[] data = {(byte) (microseconds >> 16), (byte) (microseconds >> 8), (byte) microseconds};
    track.add(new MidiEvent(new MetaMessage(0x51, data, 3), tick));
  }

  private Path write(Sequence sequence, int type) throws IOException {
    Path file = folder.resolve("a.mid");
    MidiSystem.write(sequence, type, file.toFile());
    return file;
  }

  @Test
  void notesAreTimedByTheTempoMapOfTheFirstTrack() throws Exception {
    Sequence sequence = new Sequence(Sequence.PPQ, PER_QUARTER);
    Track tempo = sequence.createTrack();
    tempo(tempo, 600_000, 0); // 100 beats a minute for two beats, then 60
    tempo(tempo, 1_000_000, 2 * PER_QUARTER);
    Track music = sequence.createTrack();
    note(music, 0, 60, 127, PER_QUARTER, 3 * PER_QUARTER);
    note(music, 9, 38, 64, 4 * PER_QUARTER, 4 * PER_QUARTER + 1);
    List<Note> notes = MidiFile.read(write(sequence, 1));
    assertThat(notes).hasSize(2);
    assertThat(notes.get(0).seconds()).isCloseTo(0.6, within(1e-9));
    assertThat(notes.get(0).endSeconds()).isCloseTo(1.2 + 1, within(1e-9));
    assertThat(notes.get(0).strength()).isEqualTo(1);
    assertThat(notes.get(0).pitched()).isTrue();
    assertThat(notes.get(1).seconds()).isCloseTo(1.2 + 2, within(1e-9));
    assertThat(notes.get(1).pitched()).isFalse();
  }

  @Test
  void withoutATempoAQuarterIsHalfASecond() throws Exception {
    Sequence sequence = new Sequence(Sequence.PPQ, PER_QUARTER);
    note(sequence.createTrack(), 3, 72, 1, PER_QUARTER, 2 * PER_QUARTER);
    Note only = MidiFile.read(write(sequence, 0)).get(0);
    assertThat(only.seconds()).isCloseTo(0.5, within(1e-9));
    assertThat(only.durationSeconds()).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void framesOfAFilmAreTime() throws Exception {
    Sequence sequence = new Sequence(Sequence.SMPTE_25, 40); // a tick is a millisecond
    note(sequence.createTrack(), 0, 60, 100, 1500, 1750);
    assertThat(MidiFile.read(write(sequence, 0)).get(0).seconds()).isCloseTo(1.5, within(1e-6));
  }

  @Test
  void aNoteStruckAgainBeforeItEndsIsTwoNotes() throws Exception {
    Sequence sequence = new Sequence(Sequence.PPQ, PER_QUARTER);
    Track track = sequence.createTrack();
    note(track, 0, 60, 100, 0, 4 * PER_QUARTER);
    note(track, 0, 60, 50, PER_QUARTER, 2 * PER_QUARTER);
    assertThat(MidiFile.read(write(sequence, 0)))
        .extracting(Note::seconds)
        .containsExactly(0.0, 0.5);
  }

  @Test
  void whatIsNoMusicIsRefusedAsWhatItIs() throws Exception {
    Path text = Files.writeString(folder.resolve("t.mid"), "no music");
    assertThatThrownBy(() -> MidiFile.read(text))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("t.mid: it cannot be read as a MIDI file");
    Sequence silent = new Sequence(Sequence.PPQ, PER_QUARTER);
    silent.createTrack();
    Path file = write(silent, 0);
    assertThatThrownBy(() -> MidiFile.read(file)).hasMessageContaining("it has no notes");
    assertThatThrownBy(() -> MidiFile.read(folder.resolve("none.mid")))
        .isInstanceOf(MaestroException.class);
  }

  @Test
  void damagedFilesAreReadOrRefused() throws Exception {
    Sequence sequence = new Sequence(Sequence.PPQ, PER_QUARTER);
    Track track = sequence.createTrack();
    tempo(track, 400_000, 0);
    for (int i = 0; i < 20; i++) {
      note(track, i % 16, 40 + i, 90, i * 100L, i * 100L + 90);
    }
    byte[] good = Files.readAllBytes(write(sequence, 0));
    Random random = new Random(5);
    Path file = folder.resolve("damaged.mid");
    for (int i = 0; i < 3000; i++) {
      byte[] bad = good.clone();
      for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      Files.write(
          file, random.nextInt(4) > 0 ? bad : Arrays.copyOf(bad, random.nextInt(bad.length)));
      try {
        assertThat(MidiFile.read(file)).isNotEmpty();
      } catch (MaestroException e) {
        assertThat(e.kind()).isEqualTo(MaestroException.Kind.INPUT);
      }
    }
  }
}
