package maestro.api.score;

import maestro.api.run.Provenance;
import maestro.api.sound.Sound;

/**
 * A finished score.
 *
 * @param sound the music
 * @param provenance how it was made, enough to make it again
 */
public record Score(Sound sound, Provenance provenance) {}
