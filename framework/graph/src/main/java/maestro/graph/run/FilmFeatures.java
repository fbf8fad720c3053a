package maestro.graph.run;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;

/**
 * What several encoders say about one film.
 *
 * @param film the film
 * @param features by encoder name, in the recipe's order
 * @param fingerprints digest of all each feature depends on, by encoder name
 * @param remarks what the encoders had to say
 */
public record FilmFeatures(
    FilmClip film,
    Map<String, FilmFeature> features,
    Map<String, String> fingerprints,
    List<String> remarks) {
  /** Copies the maps, keeping their order. */
  public FilmFeatures {
    features = Collections.unmodifiableMap(new LinkedHashMap<>(features));
    fingerprints = Collections.unmodifiableMap(new LinkedHashMap<>(fingerprints));
    remarks = List.copyOf(remarks);
  }
}
