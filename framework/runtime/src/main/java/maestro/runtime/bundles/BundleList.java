package maestro.runtime.bundles;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import maestro.api.MaestroException;
import maestro.runtime.bundles.Distribution.Shipped;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one list of what is in. Of each symbolic name the best candidate that can be used is in: the
 * newest version among the jars of the plugins folder and the bundle of the distribution, which is
 * what remains when all others have gone. The list is made whole before anything starts, and from
 * then on every change of the folder is a step from one list to the next. Not thread-safe: the
 * plugins folder takes care of that.
 */
@Component(service = BundleList.class)
public final class BundleList {
  private static final Logger LOG = LoggerFactory.getLogger(BundleList.class);

  private final BundleContext context;
  private final BundleManager bundles;
  private final Distribution distribution;
  private final Home home;
  private final Map<String, Entry> in = new TreeMap<>();
  private final Map<Candidate, MaestroException> refused = new HashMap<>();
  private final Set<String> said = new HashSet<>();
  private final List<String> news = new ArrayList<>();

  /** What is in under a name. */
  private record Entry(Candidate candidate, Bundle bundle) {}

  /** Made by Declarative Services. */
  @Activate
  public BundleList(
      BundleContext context,
      @Reference BundleManager bundles,
      @Reference Distribution distribution,
      @Reference Home home) {
    this.context = context;
    this.bundles = bundles;
    this.distribution = distribution;
    this.home = home;
  }

  /** The jar a bundle came from, if it lies in the plugins folder. */
  Optional<Path> fileOf(Bundle bundle) {
    return in.values().stream()
        .filter(entry -> entry.bundle.equals(bundle) && !entry.candidate.shipped())
        .map(entry -> entry.candidate.path())
        .findFirst();
  }

  /** Why jars of the plugins folder are not in: the reason by jar. */
  Map<Path, String> refused() {
    Map<Path, String> reasons = new TreeMap<>();
    refused.forEach((candidate, why) -> reasons.put(candidate.path(), why.getMessage()));
    return reasons;
  }

  /** The candidate that would be in if a jar were added to those of the folder. */
  Candidate winner(Candidate added, Collection<Candidate> folder) {
    List<Candidate> all = new ArrayList<>(folder);
    all.removeIf(each -> each.path().equals(added.path()));
    all.add(added);
    return choices(all).get(added.name()).get(0);
  }

  /** Puts in and starts what is to be in. Called once, before any job runs. */
  void begin(Collection<Candidate> folder) {
    Map<String, List<Candidate>> choices = choices(folder);
    choices.values().forEach(this::place);
    fallBackFromUnresolved(choices);
    List<Entry> order = new ArrayList<>(in.values());
    List<String> listed = distribution.bundles().stream().map(each -> each.file().name()).toList();
    order.sort(
        Comparator.<Entry>comparingInt(entry -> entry.candidate.order())
            .thenComparing(entry -> place(listed, entry.candidate.name())));
    order.forEach(entry -> start(entry, choices.get(entry.candidate.name())));
  }

  /**
   * Goes to the list that a changed folder asks for.
   *
   * @param folder bundles that lie in it
   * @param lying every jar that lies in it, also those that are no whole bundle now
   * @return completes when what has to go is gone
   */
  CompletableFuture<Void> update(Collection<Candidate> folder, Set<Path> lying) {
    List<Candidate> all = new ArrayList<>(folder);
    Set<Path> whole = folder.stream().map(Candidate::path).collect(Collectors.toSet());
    for (Entry entry : in.values()) {
      // A jar that is being written over is no whole one for a moment: what it was stays in.
      if (lying.contains(entry.candidate.path()) && !whole.contains(entry.candidate.path())) {
        all.add(entry.candidate);
      }
    }
    refused.keySet().removeIf(each -> !each.shipped() && !all.contains(each));
    Map<String, List<Candidate>> choices = choices(all);
    Set<String> names = new TreeSet<>(choices.keySet());
    names.addAll(in.keySet());
    List<CompletableFuture<Void>> leaving = new ArrayList<>();
    boolean changed = false;
    for (String name : names) {
      changed |= update(name, choices.getOrDefault(name, List.of()), leaving);
    }
    if (changed) {
      settle();
    }
    return CompletableFuture.allOf(leaving.toArray(CompletableFuture[]::new));
  }

  /** Notes what a command put in, so that it is not put in again when its file is found. */
  void note(Candidate candidate, Bundle bundle) {
    in.put(candidate.name(), new Entry(candidate, bundle));
    settle();
  }

  private boolean update(
      String name, List<Candidate> choices, List<CompletableFuture<Void>> leaving) {
    Entry now = in.get(name);
    for (Candidate choice : choices) {
      if (now != null && choice.equals(now.candidate)) {
        return false;
      }
      if (!refused.containsKey(choice) && swapIn(choice)) {
        return true;
      }
      if (now != null && choice.path().equals(now.candidate.path())) {
        return false; // what replaced it in its file cannot be used, so it stays
      }
    }
    if (now == null) {
      return choices.stream().anyMatch(this::keepWaiting);
    }
    in.remove(name);
    news.add(now.candidate.file() + " goes");
    leaving.add(bundles.uninstall(now.bundle));
    return true;
  }

  private boolean swapIn(Candidate choice) {
    try {
      boolean on = !home.switchedOff().contains(choice.name());
      Bundle fresh = BundleManager.join(bundles.install(choice.file(), on));
      in.put(choice.name(), new Entry(choice, fresh));
      news.add(News.came(context, choice, fresh));
      return true;
    } catch (MaestroException e) {
      refuse(choice, e);
      return false;
    }
  }

  /** What came and went since the last call, one sentence each. */
  List<String> takeNews() {
    List<String> all = List.copyOf(news);
    news.clear();
    return all;
  }

  /**
   * A bundle that waits for something is in, too: it can say what for, and begin when that came.
   */
  private boolean keepWaiting(Candidate choice) {
    MaestroException why = refused.get(choice);
    if (why == null || why.kind() != MaestroException.Kind.CONFIGURATION) {
      return false;
    }
    try {
      Bundle bundle = BundleManager.join(bundles.install(choice.file(), false));
      in.put(choice.name(), new Entry(choice, bundle));
      refused.remove(choice);
      return true;
    } catch (MaestroException e) {
      LOG.debug("{} is not kept waiting", choice.name(), e);
      return false;
    }
  }

  /** After a change: what could not be used, or waits, may be possible now. */
  private void settle() {
    refused.values().removeIf(why -> why.kind() == MaestroException.Kind.CONFIGURATION);
    for (Entry entry : in.values()) {
      boolean waits = (entry.bundle.getState() & (Bundle.INSTALLED | Bundle.RESOLVED)) != 0;
      if (waits && startable(entry)) {
        try {
          BundleManager.join(bundles.start(entry.bundle));
        } catch (MaestroException e) {
          LOG.debug("{} still waits", entry.candidate.name(), e);
        }
      }
    }
  }

  private Map<String, List<Candidate>> choices(Collection<Candidate> folder) {
    Map<String, List<Candidate>> choices = new LinkedHashMap<>();
    Map<String, Integer> orders = new HashMap<>();
    for (Shipped shipped : distribution.bundles()) {
      Candidate candidate = new Candidate(shipped.file(), shipped.order(), Optional.empty());
      choices.computeIfAbsent(candidate.name(), name -> new ArrayList<>()).add(candidate);
    }
    for (Candidate candidate : folder) {
      if (distribution.pinned(candidate.name())) {
        refuse(candidate, bundles.pinnedError(candidate.name()));
      } else {
        choices.computeIfAbsent(candidate.name(), name -> new ArrayList<>()).add(candidate);
      }
    }
    choices.values().forEach(list -> list.sort(Candidate.BEST_FIRST));
    return choices;
  }

  private void place(List<Candidate> choices) {
    for (Candidate choice : choices) {
      if (refused.containsKey(choice)) {
        continue;
      }
      try {
        in.put(choice.name(), new Entry(choice, bundles.place(choice.file(), choice.shipped())));
        return;
      } catch (MaestroException e) {
        refuse(choice, e);
      }
    }
  }

  /** A jar whose needs are not met gives way to the next of its name before anything uses it. */
  private void fallBackFromUnresolved(Map<String, List<Candidate>> choices) {
    boolean again = true;
    while (again) {
      again = false;
      bundles.resolve(in.values().stream().map(Entry::bundle).toList());
      for (Entry entry : List.copyOf(in.values())) {
        Candidate candidate = entry.candidate;
        List<Candidate> all = choices.get(candidate.name());
        boolean last = candidate.equals(all.get(all.size() - 1));
        if (!last && entry.bundle.getState() == Bundle.INSTALLED) {
          refuse(candidate, bundles.startError(entry.bundle, null));
          bundles.remove(entry.bundle);
          in.remove(candidate.name());
          place(all);
          again = true;
        }
      }
    }
  }

  private void start(Entry entry, List<Candidate> choices) {
    if (!startable(entry)) {
      return;
    }
    try {
      BundleManager.join(bundles.start(entry.bundle));
    } catch (MaestroException e) {
      String name = entry.candidate.name();
      if (entry.candidate.shipped()) {
        LOG.warn("{} does not start; see 'maestro bundles why {}'", name, name);
        LOG.debug("{} does not start", name, e);
        return;
      }
      refuse(entry.candidate, e);
      boolean other = choices.stream().anyMatch(each -> !refused.containsKey(each) && swapIn(each));
      if (!other) {
        refused.remove(entry.candidate); // it is in and waits
      }
    }
  }

  private boolean startable(Entry entry) {
    return !entry.candidate.file().fragment()
        && (!home.switchedOff().contains(entry.candidate.name())
            || distribution.pinned(entry.candidate.name()));
  }

  private static int place(List<String> listed, String name) {
    int index = listed.indexOf(name);
    return index < 0 ? listed.size() : index;
  }

  /** Notes why a candidate is not in, and says the same about the same jar once. */
  private void refuse(Candidate candidate, MaestroException why) {
    refused.put(candidate, why);
    String jar = candidate.path().getFileName().toString();
    String sentence =
        why.getMessage().startsWith(jar + ": ") ? why.getMessage() : jar + ": " + why.getMessage();
    if (said.add(candidate.path() + " " + candidate.stamp() + " " + sentence)) {
      LOG.warn("{}", sentence);
      LOG.debug("{}", sentence, why);
    }
  }
}
