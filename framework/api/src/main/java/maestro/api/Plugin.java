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
 * <p>The members become the service properties {@code maestro.name} and {@code maestro.paper},
 * which the host and the recipe checker read without loading the class. A component that has
 * settings states its name as configuration id too, {@code @Component(configurationPid =
 * "encoder.clip")}, so that a recipe can set them.
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
}
