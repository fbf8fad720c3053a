package maestro.graph.run;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import maestro.api.node.Role;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The roles that are there now; they come and go with their bundles. */
@Component(service = Roles.class)
public final class Roles {
  private final List<Role<?>> all = new CopyOnWriteArrayList<>();

  /** None yet. */
  @Activate
  public Roles() {}

  Roles(List<Role<?>> roles) {
    all.addAll(roles);
  }

  @Reference(
      service = Role.class,
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC)
  void add(Role<?> role) {
    all.add(role);
  }

  void remove(Role<?> role) {
    all.remove(role);
  }

  /** All of them. */
  List<Role<?>> all() {
    return List.copyOf(all);
  }
}
