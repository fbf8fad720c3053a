package maestro.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * Names a plugin, next to {@code @Component}: {@code @Plugin(name = "encoder.clip", paper =
 * "3.1")}.
 *
 * <p>The members become service properties, {@code maestro.name}, {@code maestro.paper} and so on,
 * which the host and the planner read without making an instance. A component that has settings
 * states its name as configuration id too, {@code @Component(configurationPid = "encoder.clip")},
 * so that a recipe can set them.
 */
@ComponentPropertyType
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface Plugin {
  /** Prefix of the service properties made from the members. */
  String PREFIX_ = "maestro.";

  /**
   * The name a recipe and the command line use: the kind, a dot, and the folder's name ({@code
   * metric.fad}).
   */
  String name();

  /** Section of the paper this follows, or empty when it has none. */
  String paper() default "";

  /**
   * Names of the plugins this one takes from the host while it runs: {@code "encoder.cinematic"},
   * or {@code "${embedding}"} for the one that its setting of that name names. What they are is a
   * part of what this one is: they count in the cache and stand in the manifest.
   */
  String[] needs() default {};

  /**
   * Parts of the model pack this plugin reads, {@code "encoder.clip"} or {@code "denoiser"}; with a
   * question mark behind it, {@code "branch?"}, one that it can do without. A recipe is refused
   * before it runs when its pack lacks one of the others. A part with the plugin's own name need
   * not be declared when the plugin can do without.
   */
  String[] weights() default {};

  /**
   * Kinds of values it takes besides those of its service interface, if the recipe has a node that
   * gives them: {@code "composer"}. It gets them from {@link maestro.api.run.RunContext#input}.
   */
  String[] takes() default {};

  /** Names it had before; recipes, packs and manifests that say them go on working. */
  String[] formerly() default {};
}
