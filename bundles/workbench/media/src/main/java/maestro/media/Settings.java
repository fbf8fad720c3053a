package maestro.media;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Limits on what a film from an unknown hand may cost. */
@ObjectClassDefinition(name = "media", description = "Limits on films and sounds that are read")
public @interface Settings {
  /** Pixels of one picture. */
  @AttributeDefinition(min = "1", max = "268435456", description = "most pixels of a picture")
  int maximumPixels() default 8192 * 8192;

  /** Length of a film or sound in hours. */
  @AttributeDefinition(min = "0.001", max = "48", description = "longest film or sound, in hours")
  double maximumHours() default 6;

  /** Streams in one file. */
  @AttributeDefinition(min = "1", max = "1000", description = "most streams in one file")
  int maximumStreams() default 64;

  /** Seconds of work after which a picture, or a look at a file, is given up. */
  @AttributeDefinition(
      min = "1",
      max = "3600",
      description = "longest work on one picture, and longest look at a file, in seconds")
  int maximumSeconds() default 120;

  /** Decoder threads. */
  @AttributeDefinition(
      min = "0",
      max = "64",
      description = "threads of one decoder, 0 for one a processor")
  int threads() default 0;
}
