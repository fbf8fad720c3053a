package maestro.control.rhythm;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import maestro.api.Plugin;
import maestro.api.control.FrameGrid;
import maestro.api.control.Tempo;
import maestro.api.node.Extent;
import maestro.api.node.Kinds;
import maestro.api.node.Node;
import maestro.api.node.NodeContext;
import maestro.api.node.Port;
import maestro.api.node.Values;
import maestro.api.sound.Sound;
import org.osgi.service.component.annotations.Component;

/**
 * The tempo of the style piece, which the score then has from its beginning to its end: controls
 * that are drawn from the film strike on its beats. Of a piece without a beat, or without a piece,
 * it gives none. Not in the paper.
 */
@Component(service = Node.class)
@Plugin(name = TempoSource.NAME)
public final class TempoSource implements Node {
  static final String NAME = "source.tempo";

  /** How much of a piece is heard. */
  private static final double LONGEST_SECONDS = 120;

  private static final double THRESHOLD = 0.3;

  @Override
  public List<Port> inputs() {
    return List.of(Port.of(Kinds.STYLE, Extent.FILM, Port.Arity.OPTIONAL));
  }

  @Override
  public List<Port> outputs() {
    return List.of(Port.of(Kinds.TEMPO, Extent.FILM));
  }

  @Override
  public Values run(Values in, NodeContext run) {
    Optional<Tempo> tempo = in.find(Kinds.STYLE).flatMap(TempoSource::hear);
    run.remark(
        tempo
            .map(
                one ->
                    String.format(
                        Locale.ROOT, "the tempo is %.1f beats a minute", one.beatsPerMinute()))
            .orElse(NAME + " hears no beat"));
    return tempo.map(one -> Values.of(Kinds.TEMPO, one)).orElse(Values.none());
  }

  private static Optional<Tempo> hear(Sound piece) {
    double seconds = Math.min(piece.seconds(), LONGEST_SECONDS);
    int perSecond = FrameGrid.PAPER.sampleRateHz() / FrameGrid.PAPER.hopSamples();
    FrameGrid grid = FrameGrid.PAPER.withFrames((int) Math.ceil(Math.max(1, seconds * perSecond)));
    return Beats.tempo(Beats.of(Beats.onsets(piece, grid, THRESHOLD)));
  }
}
