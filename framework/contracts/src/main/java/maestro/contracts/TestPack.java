package maestro.contracts;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;

/**
 * A model pack made of given parts, for plugins under test.
 *
 * @param name name of the pack
 * @param all its parts
 */
public record TestPack(String name, List<PackPart> all) implements ModelPack {
  /** A pack named {@code test}. */
  public static TestPack of(PackPart... parts) {
    return new TestPack("test", Arrays.asList(parts));
  }

  /** A pack of one part with weights and no further architecture numbers. */
  public static TestPack of(String part, Path weights) {
    return of(new PackPart(part, weights, part + " " + weights.getFileName(), Map.of()));
  }

  @Override
  public boolean untrained() {
    return true;
  }

  @Override
  public List<String> parts() {
    return all.stream().map(PackPart::name).toList();
  }

  @Override
  public Optional<PackPart> part(String name) {
    return all.stream().filter(part -> part.name().equals(name)).findFirst();
  }
}
