package maestro.graph.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginDescription.Declaration;
import maestro.api.host.PluginDescription.Setting;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.files.Sha256;

/** A registry over plugins given by hand; counts leases that are open. */
public final class FakeRegistry implements PluginRegistry {
  public final AtomicInteger open = new AtomicInteger();
  private final Map<String, Offer> offers = new TreeMap<>();
  private final java.util.Set<String> off = new java.util.TreeSet<>();

  private record Offer(
      PluginDescription description, Function<Map<String, Object>, Object> maker) {}

  /** Offers a plugin that has no settings. */
  public FakeRegistry with(Class<?> kind, String name, String digest, Object service) {
    return with(kind, name, digest, List.of(), settings -> service);
  }

  /**
   * Offers a plugin, or another one under its name.
   *
   * @param digest of its bundle
   * @param maker of the plugin, given all its settings
   */
  public FakeRegistry with(
      Class<?> kind,
      String name,
      String digest,
      List<Setting> settings,
      Function<Map<String, Object>, Object> maker) {
    return with(kind, name, digest, Declaration.NONE, settings, maker);
  }

  /** Offers a plugin that declares something. */
  public FakeRegistry with(
      Class<?> kind,
      String name,
      String digest,
      Declaration declared,
      List<Setting> settings,
      Function<Map<String, Object>, Object> maker) {
    offers.put(
        name,
        new Offer(
            new PluginDescription(
                name,
                kind.getSimpleName(),
                new PluginDescription.Code("maestro." + name, "1.0.0", digest, digest),
                declared,
                settings),
            maker));
    return this;
  }

  /** Switches a plugin off. */
  public FakeRegistry off(String name) {
    off.add(name);
    return without(name);
  }

  @Override
  public boolean isOff(String name) {
    return off.contains(name);
  }

  /** Takes a plugin away. */
  public FakeRegistry without(String name) {
    offers.remove(name);
    return this;
  }

  /** A setting that is a whole number. */
  public static Setting wholeNumber(String name, int otherwise, int least, int most) {
    return new Setting(name, "Integer", otherwise, "" + least, "" + most, List.of(), "");
  }

  /** A setting that is a word. */
  public static Setting word(String name) {
    return new Setting(name, "String", "", null, null, List.of(), "");
  }

  @Override
  public List<PluginDescription> plugins() {
    return offers.values().stream()
        .map(Offer::description)
        .sorted(Comparator.comparing(PluginDescription::name))
        .toList();
  }

  @Override
  public PluginDescription describe(Class<?> kind, String name) {
    Offer offer = offers.get(name);
    if (offer == null || !offer.description().kind().equals(kind.getSimpleName())) {
      throw new MaestroException(
          Kind.CONFIGURATION, name, "it is not installed", "see 'maestro bundles list'");
    }
    return offer.description();
  }

  @Override
  public <T> PluginLease<T> lease(Class<T> kind, String name, Map<String, Object> settings) {
    check(kind, name, settings);
    Offer offer = offers.get(name);
    Map<String, Object> all = new HashMap<>();
    offer
        .description()
        .settings()
        .forEach(setting -> all.put(setting.name(), setting.defaultValue()));
    all.putAll(settings);
    T service = kind.cast(offer.maker().apply(all));
    open.incrementAndGet();
    return new PluginLease<>() {
      private boolean closed;

      @Override
      public T service() {
        if (closed) {
          throw new IllegalStateException(name + " is used after its lease was closed");
        }
        return service;
      }

      @Override
      public PluginDescription plugin() {
        return offer.description();
      }

      @Override
      public Map<String, Object> settings() {
        return all;
      }

      @Override
      public String identity() {
        return Sha256.of((offer.description().code().wired() + new TreeMap<>(all)).getBytes(UTF_8));
      }

      @Override
      public List<PluginDescription> uses() {
        return List.of();
      }

      @Override
      public void close() {
        if (!closed) {
          closed = true;
          open.decrementAndGet();
        }
      }
    };
  }

  @Override
  public String code(Class<?> type) {
    return "00";
  }

  @Override
  public void check(Class<?> kind, String name, Map<String, Object> settings) {
    PluginDescription description = describe(kind, name);
    List<String> known = new ArrayList<>();
    description.settings().forEach(setting -> known.add(setting.name()));
    settings.forEach(
        (setting, value) -> {
          if (!known.contains(setting)) {
            throw new MaestroException(
                Kind.CONFIGURATION, name, "it has no setting " + setting, "use one of " + known);
          }
          Setting type = description.settings().get(known.indexOf(setting));
          if (type.type().equals("String") && value instanceof String) {
            return;
          }
          if (!(value instanceof Integer number)
              || number < Integer.parseInt(type.minimum())
              || number > Integer.parseInt(type.maximum())) {
            throw new MaestroException(
                Kind.CONFIGURATION,
                name,
                "illegal "
                    + setting
                    + ": "
                    + value
                    + ", must be between "
                    + type.minimum()
                    + " and "
                    + type.maximum(),
                "mend the recipe");
          }
        });
  }
}
