package maestro.training.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import maestro.dataset.Clip;
import maestro.graph.run.Span;
import maestro.training.corpus.Corpus;
import maestro.training.corpus.Films;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilmsTest {
  private static final Films.Eyes EYES =
      (film, pieces) ->
          pieces.stream()
              .map(piece -> Map.of("encoder.sunlight", new float[] {(float) piece.beginSeconds()}))
              .toList();

  @TempDir Path folder;

  private Corpus corpus(Consumer<Clip> change) throws IOException {
    return TinyCorpus.in(folder, change);
  }

  @Test
  void aFilmIsLookedAtOnceForAllItsClips() throws IOException {
    Corpus corpus =
        corpus(
            clip -> {
              clip.video = clip.split + ".mp4";
              clip.startSec = clip.id.endsWith("three") ? 2.25 : 1;
            });
    List<String> looks = new ArrayList<>();
    Films films =
        Films.look(
            corpus,
            folder,
            (film, pieces) -> {
              looks.add(folder.relativize(film) + " " + pieces.size());
              return EYES.look(film, pieces);
            });
    assertThat(looks).containsExactly("train.mp4 3", "val.mp4 1");
    assertThat(films.encoders()).containsExactly(Map.entry("encoder.sunlight", 1));
    assertThat(films.clips("train"))
        .extracting(clip -> clip.piece().start(), clip -> clip.features().get(0)[0])
        .containsExactly(tuple(100, 1f), tuple(225, 2.25f), tuple(100, 1f));
  }

  @Test
  void aPieceOfFilmIsAsLongAsItsClip() throws IOException {
    List<Span> spans = new ArrayList<>();
    Films.look(
        corpus(clip -> {}),
        folder,
        (film, pieces) -> {
          spans.addAll(pieces);
          return EYES.look(film, pieces);
        });
    assertThat(spans).containsOnly(new Span(1, 11));
  }

  /** A manifest has them only when it was built with them. */
  @Test
  void filmsWithForeignMusicAreExamplesWhereTheManifestHasThem() throws IOException {
    Corpus mixed = corpus(clip -> clip.matched = !clip.split.equals("train"));
    assertThat(Films.look(mixed, folder, EYES).clips("train"))
        .hasSameSizeAs(Films.look(corpus(clip -> {}), folder, EYES).clips("train"));
  }

  @Test
  void musicWithoutFilmIsNoExample() throws IOException {
    Corpus silent = corpus(clip -> clip.video = clip.split.equals("val") ? null : clip.video);
    assertThatThrownBy(() -> Films.look(silent, folder, EYES))
        .hasMessageContaining("no clip of the split 'val' has a film");
  }

  @Test
  void aClipBeyondItsMusicIsRefused() throws IOException {
    Corpus late = corpus(clip -> clip.startSec = 60);
    assertThatThrownBy(() -> Films.look(late, folder, EYES))
        .hasMessageContaining("clip a/one")
        .hasMessageContaining("it begins at 60.0 s, after its music has ended");
  }

  @Test
  void everyFilmMustBeSeenTheSameWay() throws IOException {
    Films.Eyes blinking =
        (film, pieces) ->
            List.of(
                Map.of("encoder.sunlight", new float[film.toString().contains("three") ? 2 : 1]));
    Corpus corpus = corpus(clip -> {});
    assertThatThrownBy(() -> Films.look(corpus, folder, blinking))
        .hasMessageContaining("clip b/three")
        .hasMessageContaining("{encoder.sunlight=2}");
  }
}
