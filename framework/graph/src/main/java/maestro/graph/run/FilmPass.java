package maestro.graph.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import maestro.api.MaestroException;
import maestro.api.film.FilmClip;
import maestro.api.film.FrameSource;
import maestro.api.media.MediaReader;
import maestro.api.node.Extent;
import maestro.api.node.FilmNode;
import maestro.api.node.Timing.Span;
import maestro.api.node.Values;
import maestro.graph.plan.Plan.Planned;
import maestro.graph.plan.PluginEdge;
import maestro.graph.run.Job.Item;
import maestro.graph.run.Runner.Result;

/**
 * The one look at the film of a job: all nodes that look at it and whose values are not known share
 * one pass of decoding; when all are known, the film is not decoded.
 */
final class FilmPass {
  /** An optional node that turned out to lack something. */
  static final class LeftOut extends MaestroException {
    private static final long serialVersionUID = 1L;
    private final String id;

    LeftOut(String id, MaestroException e) {
      super(e.kind(), e.part(), e.reason(), e.next(), e);
      this.id = id;
    }

    /** Id of the node. */
    String id() {
      return id;
    }
  }

  private final MediaReader media;
  private final FilmClip clip;
  private final Map<String, Result> results = new ConcurrentHashMap<>();
  private CompletableFuture<Void> pass;

  FilmPass(MediaReader media, FilmClip clip) {
    this.media = media;
    this.clip = clip;
  }

  /** The value of a node that looks at the film. The first who asks starts the pass. */
  synchronized CompletableFuture<Result> value(Runner runner, Item item, int index) {
    if (pass == null) {
      pass = start(runner);
    }
    return pass.thenApply(done -> results.get(item.node().id() + "#" + index));
  }

  private CompletableFuture<Void> start(Runner runner) {
    List<Planned> looking =
        runner.plan().nodes().values().stream()
            .filter(node -> node.node() instanceof FilmNode)
            .toList();
    int windows = runner.timing().windows();
    Map<String, CompletableFuture<Inputs>> inputs = new LinkedHashMap<>();
    for (Planned node : looking) {
      for (int w = 0; w < windows; w++) {
        inputs.put(node.id() + "#" + w, runner.inputs(node, w));
      }
    }
    return CompletableFuture.allOf(inputs.values().toArray(CompletableFuture[]::new))
        .thenRunAsync(() -> read(runner, looking, inputs), runner.threads());
  }

  private void read(
      Runner runner, List<Planned> looking, Map<String, CompletableFuture<Inputs>> inputs) {
    List<Look> looks = new ArrayList<>();
    for (Planned node : looking) {
      Look look = new Look(runner, node, inputs);
      if (look.missing()) {
        looks.add(look);
      }
    }
    if (looks.isEmpty()) {
      return;
    }
    // From the first window on, even if it is known: which frames a node is shown depends on where
    // the reading begins, and a job that goes on must see what an undisturbed one saw.
    double begin = runner.timing().span(0).beginSeconds();
    FilmClip part = clip.piece(begin, clip.durationSeconds() - begin);
    Job.Step step = runner.job().quiet("film");
    media.read(
        part,
        looks.stream()
            .map(look -> new MediaReader.Subscription(look.looker.frames(), look::at))
            .toList(),
        StepContext.of(
            step,
            runner.job().device(),
            Optional.empty(),
            Values.none(),
            runner.layout(),
            Extent.FILM,
            0));
    for (Look look : looks) {
      if (look.leftOut != null) {
        throw look.leftOut;
      }
    }
  }

  /** One node during the pass. */
  private final class Look {
    private final Runner runner;
    private final Planned node;
    private final FilmNode looker;
    private final Map<String, CompletableFuture<Inputs>> inputs;
    private final List<Span> spans = new ArrayList<>();
    private LeftOut leftOut;

    Look(Runner runner, Planned node, Map<String, CompletableFuture<Inputs>> inputs) {
      this.runner = runner;
      this.node = node;
      this.looker = (FilmNode) node.node();
      this.inputs = inputs;
      for (int w = 0; w < runner.timing().windows(); w++) {
        spans.add(runner.timing().span(w));
        Item item = runner.item(node, w);
        String key = node.id() + "#" + w;
        runner.job().find(item).ifPresent(values -> results.put(key, runner.found(item, values)));
      }
    }

    boolean missing() {
      for (int w = 0; w < spans.size(); w++) {
        if (!results.containsKey(node.id() + "#" + w)) {
          return true;
        }
      }
      return false;
    }

    void at(FrameSource source) {
      SpanFrames frames = new SpanFrames(clip, source);
      try {
        for (int w = 0; w < spans.size() && missing(); w++) {
          String key = node.id() + "#" + w;
          if (!results.containsKey(key)) {
            results.put(key, look(w, frames.of(spans.get(w))));
          }
          frames.skip(spans.get(w));
        }
      } catch (MaestroException e) {
        if (!node.optional() || e.kind() != MaestroException.Kind.CONFIGURATION) {
          throw e;
        }
        leftOut = new LeftOut(node.id(), e);
      }
    }

    private Result look(int window, FrameSource frames) {
      Item item = runner.item(node, window);
      Inputs in = inputs.get(node.id() + "#" + window).join();
      Job.Step step = runner.job().begin(item);
      in.said().forEach(step::remark);
      Span span = spans.get(window);
      double seconds =
          Math.max(0, Math.min(span.endSeconds(), clip.durationSeconds()) - span.beginSeconds());
      FilmClip part =
          clip.piece(
              span.beginSeconds(), Math.max(seconds, 1 / Math.max(1, clip.framesPerSecond())));
      Values values =
          PluginEdge.call(
              node,
              () -> looker.look(in.values(), part, frames, runner.context(node, in, step, window)));
      runner.job().done(item, step, values);
      return runner.found(item, values);
    }
  }
}
