package maestro.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.media.MediaWriter;
import maestro.api.run.Device;
import maestro.api.run.Noise;
import maestro.api.run.Provenance;
import maestro.api.sound.Sound;
import maestro.api.sound.Vocoder;
import maestro.files.AtomicFile;
import maestro.graph.run.RunObserver;
import maestro.graph.run.SingleRun;
import maestro.plots.SoundPlot;

/**
 * Where samples go: {@code samples.png}, their spectrograms, melodies and dynamics side by side,
 * and a WAV file of each.
 *
 * @param vocoder makes the sounds of mels
 * @param melody draws the melodies
 * @param dynamics draws the dynamics
 */
record Gallery(Vocoder vocoder, StyleControl melody, StyleControl dynamics, MediaWriter writer) {
  /** Shows samples in a folder, which is made when there are any. */
  void show(Path folder, List<Sample> samples) throws IOException {
    if (samples.isEmpty()) {
      return;
    }
    Files.createDirectories(folder);
    List<SoundPlot.Sounding> columns = new ArrayList<>();
    for (Sample sample : samples) {
      Sound sound = sample.sound().orElseGet(() -> vocoded(sample));
      FrameGrid grid = FrameGrid.PAPER.withFrames(sample.mel().frames());
      columns.add(
          new SoundPlot.Sounding(
              sample.name(),
              sample.mel(),
              melody.extract(sound, grid),
              dynamics.extract(sound, grid)));
      writer.wav(
          folder.resolve(sample.name().replace(' ', '-') + ".wav"),
          sound,
          new Provenance("{\"kind\": \"training sample\"}"));
    }
    AtomicFile.write(folder.resolve("samples.png"), new SoundPlot(columns).png());
  }

  private Sound vocoded(Sample sample) {
    return vocoder.vocode(
        sample.mel(),
        new SingleRun("samples", Device.CPU, new Noise(0), Optional.empty(), RunObserver.NOBODY));
  }
}
