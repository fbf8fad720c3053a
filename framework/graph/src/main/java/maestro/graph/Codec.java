package maestro.graph;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import maestro.api.control.ControlSignal;
import maestro.api.film.FilmCondition;
import maestro.api.film.FilmFeature;
import maestro.api.film.TimeLine;
import maestro.api.latent.Latent;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;

/** How a stage's result is written down as tensors, and read back to the same bits. */
interface Codec<T> {
  NamedTensors write(T value);

  T read(NamedTensors tensors);

  Codec<FilmFeature> FEATURE =
      new Codec<>() {
        @Override
        public NamedTensors write(FilmFeature feature) {
          Map<String, FloatTensor> tensors = new LinkedHashMap<>();
          Map<String, String> metadata = new LinkedHashMap<>();
          tensors.put("vector", vector(feature.vector()));
          feature
              .timeLine()
              .ifPresent(
                  line -> {
                    tensors.put("timeline", timeLine(line));
                    metadata.put("timeline.stepSeconds", Double.toString(line.stepSeconds()));
                    metadata.put("timeline.channels", Json.line(line.channels()));
                  });
          return new NamedTensors(tensors, metadata);
        }

        @Override
        public FilmFeature read(NamedTensors tensors) {
          FloatTensor line = tensors.tensors().get("timeline");
          return new FilmFeature(
              tensors.get("vector").values(),
              line == null
                  ? Optional.empty()
                  : Optional.of(
                      new TimeLine(
                          Double.parseDouble(tensors.metadata().get("timeline.stepSeconds")),
                          strings(tensors.metadata().get("timeline.channels")),
                          line.values())));
        }
      };

  Codec<FilmCondition> CONDITION =
      new Codec<>() {
        @Override
        public NamedTensors write(FilmCondition condition) {
          Map<String, FloatTensor> tensors = new TreeMap<>();
          tensors.put("film", vector(condition.vector()));
          condition.unguided().ifPresent(unguided -> tensors.put("unguided", vector(unguided)));
          return new NamedTensors(tensors, Map.of("weights", Json.line(condition.weights())));
        }

        @Override
        public FilmCondition read(NamedTensors tensors) {
          return new FilmCondition(
              tensors.get("film").values(),
              Optional.ofNullable(tensors.tensors().get("unguided")).map(FloatTensor::values),
              weights(tensors.metadata().get("weights")));
        }
      };

  Codec<ControlSignal> CONTROL =
      new Codec<>() {
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
      };

  Codec<Latent> LATENT =
      new Codec<>() {
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
      };

  Codec<Mel> MEL =
      new Codec<>() {
        @Override
        public NamedTensors write(Mel mel) {
          return NamedTensors.of("mel", FloatTensor.of(mel.values(), mel.frames(), mel.bands()));
        }

        @Override
        public Mel read(NamedTensors tensors) {
          FloatTensor mel = tensors.get("mel");
          return new Mel(mel.axis(0), mel.axis(1), mel.values());
        }
      };

  Codec<Sound> SOUND =
      new Codec<>() {
        @Override
        public NamedTensors write(Sound sound) {
          int length = sound.length();
          float[] values = new float[Math.multiplyExact(sound.channels().length, length)];
          for (int c = 0; c < sound.channels().length; c++) {
            System.arraycopy(sound.channels()[c], 0, values, c * length, length);
          }
          return new NamedTensors(
              Map.of("sound", FloatTensor.of(values, sound.channels().length, length)),
              Map.of("sampleRateHz", Integer.toString(sound.sampleRateHz())));
        }

        @Override
        public Sound read(NamedTensors tensors) {
          FloatTensor sound = tensors.get("sound");
          float[][] channels = new float[sound.axis(0)][sound.axis(1)];
          for (int c = 0; c < channels.length; c++) {
            System.arraycopy(
                sound.values(), c * channels[c].length, channels[c], 0, channels[c].length);
          }
          return new Sound(channels, Integer.parseInt(tensors.metadata().get("sampleRateHz")));
        }
      };

  private static FloatTensor vector(float[] values) {
    return FloatTensor.of(values, values.length);
  }

  private static FloatTensor timeLine(TimeLine line) {
    return FloatTensor.of(line.values(), line.rows(), line.channels().size());
  }

  static List<String> strings(String json) {
    try {
      return Json.STRICT.readValue(json, new TypeReference<List<String>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a list of strings: " + json, e);
    }
  }

  private static Map<String, Double> weights(String json) {
    try {
      return Json.STRICT.readValue(json, new TypeReference<Map<String, Double>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a map of numbers: " + json, e);
    }
  }
}
