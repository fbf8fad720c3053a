package maestro.runtime.command;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A part's contribution to {@code maestro doctor}, as a service. May load natives; is asked on
 * demand only.
 */
@ConsumerType
public interface HealthCheck {
  /** How well something is. */
  enum Level {
    /** It works. */
    OK,
    /** It works, but not as well as it could. */
    WARN,
    /** It does not work. */
    FAIL
  }

  /**
   * One finding.
   *
   * @param part what it is about, in one word
   * @param level how well it is
   * @param found what was found
   * @param remedy what to do about it; empty when it is well
   */
  record Finding(String part, Level level, String found, String remedy) {}

  /** What is found now. */
  List<Finding> findings();
}
