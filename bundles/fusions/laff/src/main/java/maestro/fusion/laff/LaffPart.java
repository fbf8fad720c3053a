package maestro.fusion.laff;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.networks.Laff;
import maestro.tensor.ArchitectureNumbers;
import maestro.tensor.BlockParameters;
import maestro.tensor.PackPartSource;
import org.osgi.service.component.annotations.Component;

/** The tensors of LAFF, for the paper's encoders or for those that the architecture names. */
@Component
public final class LaffPart implements PackPartSource {
  @Override
  public List<String> parts() {
    return List.of(LaffFusion.NAME);
  }

  @Override
  public Map<String, long[]> shapes(String part, Map<String, Object> architecture) {
    ArchitectureNumbers numbers = new ArchitectureNumbers(part, architecture);
    Laff.Form form =
        new Laff.Form(
            numbers.positive("width", 512),
            numbers.count("heads", 1),
            "true".equals(numbers.text("withAverage", "false")),
            true);
    return BlockParameters.shapes(new Laff(branches(numbers), form));
  }

  private static List<Laff.Branch> branches(ArchitectureNumbers numbers) {
    List<Laff.Branch> branches = new ArrayList<>();
    numbers
        .map("encoders")
        .forEach((encoder, entry) -> branches.add(branch(numbers.part(), encoder, entry)));
    return branches.isEmpty()
        ? List.of(
            new Laff.Branch("semantic", numbers.positive("semantic", 512), false),
            new Laff.Branch("aesthetic", 1, true),
            new Laff.Branch("emotion", numbers.positive("emotions", 8), true))
        : branches;
  }

  private static Laff.Branch branch(String part, Object encoder, Object entry) {
    Map<String, Object> own = new LinkedHashMap<>();
    if (entry instanceof Map<?, ?> map) {
      map.forEach((key, value) -> own.put(String.valueOf(key), value));
    }
    ArchitectureNumbers numbers = new ArchitectureNumbers(part, own);
    return new Laff.Branch(
        numbers.text("name", Laff.Branch.nameOf(String.valueOf(encoder))),
        numbers.positive("width", 0),
        !"false".equals(numbers.text("embedded", "true")));
  }
}
