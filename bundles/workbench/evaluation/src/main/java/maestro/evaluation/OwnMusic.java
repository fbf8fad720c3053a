package maestro.evaluation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginLease;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.checkpoint.Safetensors;
import maestro.dataset.Clip;
import maestro.runtime.command.Cancellation;
import maestro.runtime.command.Progress;

/**
 * Makes the references of an experiment: the clips' own music, and in a transfer the controls that
 * are asked for.
 */
final class OwnMusic {
  private final Laboratory laboratory;
  private final Experiment experiment;
  private final ClipFiles files;
  private final ExperimentFolder folder;

  OwnMusic(Laboratory laboratory, Experiment experiment, ClipFiles files, ExperimentFolder folder) {
    this.laboratory = laboratory;
    this.experiment = experiment;
    this.files = files;
    this.folder = folder;
  }

  /**
   * Makes what is missing.
   *
   * @return the items whose film, music or style piece cannot be used, with what was said of each
   */
  Map<Trial, MaestroException> make(
      List<Trial> trials, Progress progress, Cancellation cancellation) {
    Map<Trial, MaestroException> unusable = new LinkedHashMap<>();
    Map<String, PluginLease<StyleControl>> controls = new LinkedHashMap<>();
    try {
      if (experiment.transfer()) {
        laboratory.registry.plugins().stream()
            .filter(plugin -> plugin.kind().equals(StyleControl.class.getSimpleName()))
            .map(PluginDescription::name)
            .forEach(
                name ->
                    controls.put(
                        name, laboratory.registry.lease(StyleControl.class, name, Map.of())));
      }
      progress.stage("references", 0, 0);
      int done = 0;
      for (Trial trial : trials) {
        cancellation.check();
        try {
          make(trial, controls);
        } catch (MaestroException e) {
          if (e.kind() != MaestroException.Kind.INPUT) {
            throw e;
          }
          unusable.put(trial, e);
        }
        progress.step(++done, trials.size());
      }
      return unusable;
    } finally {
      controls.values().forEach(PluginLease::close);
    }
  }

  private void make(Trial trial, Map<String, PluginLease<StyleControl>> controls) {
    if (trial.clip().video != null) {
      files.film(trial.clip()); // refused when it leads out of the dataset
    }
    Path reference = folder.reference(trial);
    if (!Files.exists(reference) && files.hasMusic(trial.clip())) {
      laboratory.writer.wav(
          ExperimentFolder.place(reference),
          files.music(trial.clip()),
          ClipFiles.provenance(trial.clip()));
    }
    Path asked = folder.controls().resolve(trial.id() + ".safetensors");
    if (trial.style().isPresent() && !Files.exists(asked)) {
      Safetensors.write(ExperimentFolder.place(asked), controls(trial.style().get(), controls));
    }
  }

  /** What each control hears in a style piece, {@code [frames, channels]}. */
  private NamedTensors controls(Clip style, Map<String, PluginLease<StyleControl>> controls) {
    Sound sound = files.music(style);
    FrameGrid grid = FrameGrid.PAPER.withFrames((int) Math.round(experiment.seconds() * 100));
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    controls.forEach(
        (name, control) -> {
          var signal = control.service().extract(sound, grid);
          tensors.put(
              name.substring(name.indexOf('.') + 1),
              FloatTensor.of(signal.values(), signal.frames(), signal.channels()));
        });
    return new NamedTensors(tensors, Map.of("style", style.id));
  }
}
