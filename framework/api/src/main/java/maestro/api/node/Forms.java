package maestro.api.node;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import maestro.api.control.ControlSignal;
import maestro.api.control.Tempo;
import maestro.api.film.FilmCondition;
import maestro.api.film.FilmFeature;
import maestro.api.film.TimeLine;
import maestro.api.latent.Latent;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;

/** How the values of the paper's kinds are written as tensors, and read back to the same bits. */
final class Forms {
  private Forms() {}

  static final class TextForm implements Kind.Form<String> {
    @Override
    public NamedTensors write(String value) {
      return new NamedTensors(Map.of(), Map.of("text", value));
    }

    @Override
    public String read(NamedTensors tensors) {
      return text(tensors, "text");
    }
  }

  /** As text, because seconds are doubles and tensors hold floats. */
  static final class CuesForm implements Kind.Form<Cues> {
    @Override
    public NamedTensors write(Cues cues) {
      return new NamedTensors(
          Map.of(),
          Map.of(
              "cues",
              cues.spans().stream()
                  .map(cue -> cue.beginSeconds() + " " + cue.endSeconds())
                  .collect(Collectors.joining("\n"))));
    }

    @Override
    public Cues read(NamedTensors tensors) {
      return new Cues(
          text(tensors, "cues")
              .lines()
              .map(line -> line.split(" ", 2))
              .map(cue -> new Timing.Span(Double.parseDouble(cue[0]), Double.parseDouble(cue[1])))
              .toList());
    }
  }

  /** As text, as cues are. */
  static final class TempoForm implements Kind.Form<Tempo> {
    @Override
    public NamedTensors write(Tempo tempo) {
      return new NamedTensors(
          Map.of(),
          Map.of(
              "beatSeconds",
              Double.toString(tempo.beatSeconds()),
              "firstSeconds",
              Double.toString(tempo.firstSeconds())));
    }

    @Override
    public Tempo read(NamedTensors tensors) {
      return new Tempo(
          Double.parseDouble(text(tensors, "beatSeconds")),
          Double.parseDouble(text(tensors, "firstSeconds")));
    }
  }

  static final class FeatureForm implements Kind.Form<FilmFeature> {
    private static final String STEP = "timeline.stepSeconds";
    private static final String CHANNEL = "timeline.channel.";

    @Override
    public NamedTensors write(FilmFeature feature) {
      Map<String, FloatTensor> tensors = new LinkedHashMap<>();
      Map<String, String> metadata = new LinkedHashMap<>();
      tensors.put("vector", vector(feature.vector()));
      feature
          .timeLine()
          .ifPresent(
              line -> {
                tensors.put(
                    "timeline", FloatTensor.of(line.values(), line.rows(), line.channels().size()));
                metadata.put(STEP, Double.toString(line.stepSeconds()));
                for (int c = 0; c < line.channels().size(); c++) {
                  metadata.put(CHANNEL + c, line.channels().get(c));
                }
              });
      return new NamedTensors(tensors, metadata);
    }

    @Override
    public FilmFeature read(NamedTensors tensors) {
      FloatTensor line = tensors.tensors().get("timeline");
      if (line == null) {
        return new FilmFeature(tensors.get("vector").values(), Optional.empty());
      }
      List<String> channels = new ArrayList<>();
      for (int c = 0; c < line.axis(1); c++) {
        channels.add(text(tensors, CHANNEL + c));
      }
      return new FilmFeature(
          tensors.get("vector").values(),
          Optional.of(
              new TimeLine(Double.parseDouble(text(tensors, STEP)), channels, line.values())));
    }
  }

  static final class ConditionForm implements Kind.Form<FilmCondition> {
    private static final String SHARE = "share.";

    @Override
    public NamedTensors write(FilmCondition condition) {
      Map<String, FloatTensor> tensors = new TreeMap<>();
      tensors.put("film", vector(condition.vector()));
      condition.unguided().ifPresent(unguided -> tensors.put("unguided", vector(unguided)));
      Map<String, String> metadata = new TreeMap<>();
      condition
          .weights()
          .forEach((encoder, share) -> metadata.put(SHARE + encoder, share.toString()));
      return new NamedTensors(tensors, metadata);
    }

    @Override
    public FilmCondition read(NamedTensors tensors) {
      Map<String, Double> shares = new TreeMap<>();
      tensors
          .metadata()
          .forEach(
              (key, value) -> {
                if (key.startsWith(SHARE)) {
                  shares.put(key.substring(SHARE.length()), Double.valueOf(value));
                }
              });
      return new FilmCondition(
          tensors.get("film").values(),
          Optional.ofNullable(tensors.tensors().get("unguided")).map(FloatTensor::values),
          shares);
    }
  }

  static final class ControlForm implements Kind.Form<ControlSignal> {
    @Override
    public NamedTensors write(ControlSignal signal) {
      return NamedTensors.of(
          "control", FloatTensor.of(signal.values(), signal.frames(), signal.channels()));
    }

    @Override
    public ControlSignal read(NamedTensors tensors) {
      FloatTensor control = tensors.get("control");
      return new ControlSignal(control.axis(0), control.axis(1), control.values());
    }
  }

  static final class LatentForm implements Kind.Form<Latent> {
    @Override
    public NamedTensors write(Latent latent) {
      return NamedTensors.of(
          "latent",
          FloatTensor.of(latent.values(), latent.channels(), latent.frames(), latent.bands()));
    }

    @Override
    public Latent read(NamedTensors tensors) {
      FloatTensor latent = tensors.get("latent");
      return new Latent(latent.axis(0), latent.axis(1), latent.axis(2), latent.values());
    }
  }

  static final class MelForm implements Kind.Form<Mel> {
    @Override
    public NamedTensors write(Mel mel) {
      return NamedTensors.of("mel", FloatTensor.of(mel.values(), mel.frames(), mel.bands()));
    }

    @Override
    public Mel read(NamedTensors tensors) {
      FloatTensor mel = tensors.get("mel");
      return new Mel(mel.axis(0), mel.axis(1), mel.values());
    }
  }

  static final class SoundForm implements Kind.Form<Sound> {
    private static final String RATE = "sampleRateHz";

    @Override
    public NamedTensors write(Sound sound) {
      int length = sound.length();
      float[] values = new float[Math.multiplyExact(sound.channels().length, length)];
      for (int c = 0; c < sound.channels().length; c++) {
        System.arraycopy(sound.channels()[c], 0, values, c * length, length);
      }
      return new NamedTensors(
          Map.of("sound", FloatTensor.of(values, sound.channels().length, length)),
          Map.of(RATE, Integer.toString(sound.sampleRateHz())));
    }

    @Override
    public Sound read(NamedTensors tensors) {
      FloatTensor sound = tensors.get("sound");
      float[][] channels = new float[sound.axis(0)][sound.axis(1)];
      for (int c = 0; c < channels.length; c++) {
        System.arraycopy(
            sound.values(), c * channels[c].length, channels[c], 0, channels[c].length);
      }
      return new Sound(channels, Integer.parseInt(text(tensors, RATE)));
    }
  }

  private static FloatTensor vector(float[] values) {
    return FloatTensor.of(values, values.length);
  }

  private static String text(NamedTensors tensors, String key) {
    String text = tensors.metadata().get(key);
    if (text == null) {
      throw new IllegalArgumentException("tensors: no '" + key + "' in the metadata");
    }
    return text;
  }
}
