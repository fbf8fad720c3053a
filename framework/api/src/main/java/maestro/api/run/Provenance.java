package maestro.api.run;

/**
 * Where a result came from: the resolved recipe, the seed, and the digests of film, bundles and
 * weights.
 *
 * @param manifest one JSON object, as written beside and into the result
 */
public record Provenance(String manifest) {}
