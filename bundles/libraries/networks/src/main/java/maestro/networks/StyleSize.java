package maestro.networks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;

/**
 * Numbers of a style network, as a part of a model pack keeps them.
 *
 * @param frames mel frames of a piece, 10 ms each; a multiple of {@link #LEAST_FRAMES}
 * @param channels of the four blocks, multiples of {@link #GROUPS}
 * @param width of an embedding
 */
public record StyleSize(int frames, List<Integer> channels, int width) {
  /** Mel frames that are averaged into one column, 40 ms. */
  public static final int FRAMES_A_COLUMN = 4;

  /** Groups of a normalisation. */
  public static final int GROUPS = 4;

  /** Blocks, each of which halves both axes. */
  public static final int BLOCKS = 4;

  /** The fewest frames that leave one column after the last block. */
  public static final int LEAST_FRAMES = FRAMES_A_COLUMN << BLOCKS;

  /** What the project trains: 2.56 s, about 240,000 parameters. */
  public static final StyleSize DEFAULT = new StyleSize(256, List.of(24, 48, 96, 96), 128);

  /**
   * Checks the numbers.
   *
   * @throws MaestroException of kind CONFIGURATION when they cannot be
   */
  public StyleSize {
    channels = List.copyOf(channels);
    if (frames < LEAST_FRAMES || frames % LEAST_FRAMES != 0) {
      throw refused("frames is " + frames, "make it a multiple of " + LEAST_FRAMES);
    }
    if (channels.size() != BLOCKS
        || channels.stream().anyMatch(c -> c < GROUPS || c % GROUPS != 0)) {
      throw refused(
          "channels is " + channels, "give " + BLOCKS + " multiples of " + GROUPS + ", above 0");
    }
    if (width < 1) {
      throw refused("width is " + width, "make it 1 or more");
    }
  }

  /**
   * Reads the numbers of a part.
   *
   * @throws MaestroException of kind CONFIGURATION when they are missing or cannot be
   */
  public static StyleSize of(Map<String, Object> architecture) {
    if (architecture.get("frames") instanceof Number frames
        && architecture.get("channels") instanceof List<?> channels
        && channels.stream().allMatch(Number.class::isInstance)
        && architecture.get("width") instanceof Number width) {
      return new StyleSize(
          frames.intValue(),
          channels.stream().map(number -> ((Number) number).intValue()).toList(),
          width.intValue());
    }
    throw refused(
        "the part's architecture is " + architecture, "give it frames, channels and width");
  }

  /** The numbers as a part keeps them. */
  public Map<String, Object> architecture() {
    Map<String, Object> numbers = new LinkedHashMap<>();
    numbers.put("frames", frames);
    numbers.put("channels", channels);
    numbers.put("width", width);
    return numbers;
  }

  private static MaestroException refused(String cause, String next) {
    return new MaestroException(MaestroException.Kind.CONFIGURATION, "style network", cause, next);
  }
}
