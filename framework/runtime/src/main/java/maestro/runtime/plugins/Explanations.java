package maestro.runtime.plugins;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.host.PluginDescription;
import maestro.runtime.bundles.Needs;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/**
 * Says why a component is not there: what it waits for, to the leaf, or why it could not be made.
 */
@Component(service = Explanations.class)
public final class Explanations {
  private static final int MAX_DEPTH = 8;

  private final BundleContext context;
  private final ServiceComponentRuntime components;

  /** Made by Declarative Services. */
  @Activate
  public Explanations(BundleContext context, @Reference ServiceComponentRuntime components) {
    this.context = context;
    this.components = components;
  }

  /** Components of a bundle that wait for something, one sentence each. */
  public List<String> waiting(Bundle bundle) {
    List<String> sentences = new ArrayList<>();
    for (ComponentDescriptionDTO component : components.getComponentDescriptionDTOs(bundle)) {
      waitsFor(component, 0)
          .ifPresent(what -> sentences.add(label(component) + " waits for " + what));
      for (ComponentConfigurationDTO made : components.getComponentConfigurationDTOs(component)) {
        if (made.state == ComponentConfigurationDTO.FAILED_ACTIVATION) {
          sentences.add(label(component) + " cannot be made: " + rootCause(made.failure));
        }
      }
    }
    return sentences;
  }

  /**
   * What a component waits for, by its label; empty when there is no such component or it waits for
   * nothing.
   */
  public Optional<String> waitsFor(String label) {
    return components.getComponentDescriptionDTOs().stream()
        .filter(component -> label(component).equals(label))
        .flatMap(component -> waitsFor(component, 0).stream())
        .findFirst();
  }

  /** The error for a plugin that nobody offers. */
  MaestroException absent(Class<?> kind, String name, List<PluginDescription> there) {
    Optional<PluginDescription> other =
        there.stream().filter(plugin -> plugin.name().equals(name)).findFirst();
    if (other.isPresent()) {
      return configuration(
          name,
          "is a " + other.get().kind() + ", not a " + kind.getSimpleName(),
          "name one of the right kind");
    }
    Optional<String> waits = waitsFor(name);
    if (waits.isPresent()) {
      return configuration(
          name,
          "is installed but waits for " + waits.get(),
          "see 'maestro bundles why maestro." + name + "'");
    }
    String bundle = "maestro." + name;
    Optional<Bundle> stopped = stopped(name);
    Optional<String> needs = stopped.flatMap(one -> Needs.explain(context, one));
    if (needs.isPresent()) {
      return configuration(
          name, "cannot be used: " + needs.get(), "see 'maestro bundles why " + bundle + "'");
    }
    if (stopped.isPresent()) {
      return configuration(name, "is switched off", "run 'maestro bundles start " + bundle + "'");
    }
    List<String> known =
        there.stream()
            .filter(plugin -> plugin.kind().equals(kind.getSimpleName()))
            .map(PluginDescription::name)
            .toList();
    return configuration(
        name,
        "is not installed",
        known.isEmpty()
            ? "there is no " + kind.getSimpleName() + " here at all, see 'maestro bundles list'"
            : "use one of "
                + String.join(", ", known)
                + ", or put its jar into the plugins folder");
  }

  private Optional<Bundle> stopped(String name) {
    return Arrays.stream(context.getBundles())
        .filter(bundle -> ("maestro." + name).equals(bundle.getSymbolicName()))
        .filter(bundle -> bundle.getState() != Bundle.ACTIVE)
        .findFirst();
  }

  /** Whether somebody has switched a plugin off: its bundle is stopped and could be started. */
  boolean isOff(String name) {
    return stopped(name).filter(bundle -> Needs.explain(context, bundle).isEmpty()).isPresent();
  }

  /** The error for a plugin that is there but could not be made. */
  MaestroException failure(String name, Bundle bundle, String instance) {
    return reason(name, bundle, instance)
        .orElseGet(
            () ->
                configuration(
                    name,
                    "gave no instance",
                    "see 'maestro bundles why " + bundle.getSymbolicName() + "' and try again"));
  }

  /** Why a plugin could not be made, if Declarative Services knows; else it was only a moment. */
  Optional<MaestroException> reason(String name, Bundle bundle, String instance) {
    for (ComponentDescriptionDTO component : components.getComponentDescriptionDTOs(bundle)) {
      if (!label(component).equals(name)) {
        continue;
      }
      for (ComponentConfigurationDTO made : components.getComponentConfigurationDTOs(component)) {
        boolean asked =
            instance == null || instance.equals(made.properties.get(Configurations.INSTANCE));
        if (asked && made.failure != null) {
          return Optional.of(
              configuration(
                  name, "cannot be made: " + rootCause(made.failure), "mend that and try again"));
        }
      }
      Optional<String> waits = waitsFor(component, 0);
      if (waits.isPresent()) {
        return Optional.of(
            configuration(
                name,
                "waits for " + waits.get(),
                "see 'maestro bundles why " + bundle.getSymbolicName() + "'"));
      }
    }
    return Optional.empty();
  }

  private Optional<String> waitsFor(ComponentDescriptionDTO component, int depth) {
    List<String> missing = new ArrayList<>();
    if (!components.isComponentEnabled(component)) {
      return Optional.empty();
    }
    for (ComponentConfigurationDTO made : components.getComponentConfigurationDTOs(component)) {
      if (made.state == ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION) {
        missing.add("a configuration '" + String.join("' or '", component.configurationPid) + "'");
      }
      for (UnsatisfiedReferenceDTO unsatisfied : made.unsatisfiedReferences) {
        String sentence = describe(component, unsatisfied, depth);
        if (!missing.contains(sentence)) {
          missing.add(sentence);
        }
      }
    }
    return missing.isEmpty() ? Optional.empty() : Optional.of(String.join(" and ", missing));
  }

  private String describe(
      ComponentDescriptionDTO component, UnsatisfiedReferenceDTO unsatisfied, int depth) {
    ReferenceDTO reference =
        Arrays.stream(component.references)
            .filter(each -> each.name.equals(unsatisfied.name))
            .findFirst()
            .orElseThrow();
    String type = reference.interfaceName;
    String what =
        type.substring(type.lastIndexOf('.') + 1)
            + (unsatisfied.target == null ? "" : " " + unsatisfied.target);
    if (depth == MAX_DEPTH) {
      return what;
    }
    for (ComponentDescriptionDTO provider : components.getComponentDescriptionDTOs()) {
      if (Arrays.asList(provider.serviceInterfaces).contains(type)) {
        Optional<String> further = waitsFor(provider, depth + 1);
        if (further.isPresent()) {
          return what
              + " ("
              + label(provider)
              + " would be one, but waits for "
              + further.get()
              + ")";
        }
      }
    }
    return what + ", which no bundle that is on offers";
  }

  private static String label(ComponentDescriptionDTO component) {
    Object name = component.properties.get("maestro.name");
    return name == null ? component.name : name.toString();
  }

  /** The message of the innermost exception in a printed stack trace. */
  private static String rootCause(String stackTrace) {
    String last = "";
    for (String line : stackTrace.lines().toList()) {
      if (!line.isBlank() && !Character.isWhitespace(line.charAt(0)) || last.isEmpty()) {
        last = line.strip();
      }
    }
    return last.replaceFirst("^Caused by: ", "")
        .replaceFirst("^(?:[a-z]\\w*\\.)+(\\w+): ", "$1: ")
        .replaceFirst("^MaestroException: ", "");
  }

  private static MaestroException configuration(String name, String cause, String next) {
    return new MaestroException(MaestroException.Kind.CONFIGURATION, name, cause, next);
  }
}
