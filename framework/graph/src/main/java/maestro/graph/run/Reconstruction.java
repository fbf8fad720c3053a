package maestro.graph.run;

import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.latent.Latent;
import maestro.api.latent.LatentCodec;
import maestro.api.node.Kinds;
import maestro.api.node.Timing;
import maestro.api.run.Noise;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.graph.plan.Plan;
import maestro.graph.plan.Plan.Planned;
import maestro.graph.recipe.Recipe;
import maestro.graph.run.Runner.Given;

/** Music through a plan's codec and what comes after it, with the music's own latents. */
final class Reconstruction {
  private Reconstruction() {}

  static Sound of(Plan plan, Job job, Recipe recipe, Mel mel, int threads) {
    LatentCodec.Format format = plan.format(job.device());
    double seconds = (double) mel.frames() * format.hopSamples() / format.sampleRateHz();
    Timing timing =
        Timing.of(
            format.sampleRateHz(), format.hopSamples(), recipe.melFrames(), 0, 0, seconds, true);
    Map<String, Given> given = new LinkedHashMap<>();
    given.put(Kinds.NOISE.name(), new Given(new Noise(recipe.seed()), ""));
    Planned latents = plan.giving(Kinds.LATENT).get(0);
    try (Runner codec = runner(plan, job, timing, recipe, given, threads)) {
      LatentCodec.Session session =
          codec.values(plan.giving(Kinds.CODEC).get(0), Kinds.CODEC).get(0);
      for (int w = 0; w < timing.windows(); w++) {
        Mel part = Kinds.MEL.fit().orElseThrow().part(mel, timing, w);
        Latent latent = session.encode(part);
        given.put(latents.id() + "#" + w, new Given(latent, "window " + w));
      }
      given.put(plan.giving(Kinds.CODEC).get(0).id(), new Given(session, ""));
      try (Runner runner = runner(plan, job, timing, recipe, given, threads)) {
        for (Planned node : plan.giving(Kinds.SOUND)) {
          return runner.whole(node, Kinds.SOUND);
        }
      }
    }
    throw new IllegalStateException("a plan for a score gives a sound");
  }

  private static Runner runner(
      Plan plan, Job job, Timing timing, Recipe recipe, Map<String, Given> given, int threads) {
    return new Runner(plan, job, timing, recipe.device(), given, null, threads);
  }
}
