package maestro.tensor.graph;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands in for one of DJL's wide interfaces. A method that the recorder class has, by name and
 * parameter types, goes there; a default method of the interface runs as it is, on the methods it
 * calls in turn; any other is refused by name. So a recorder class holds what can be recorded and
 * nothing else.
 */
public final class Recording implements InvocationHandler {
  private static final Map<Class<?>, Map<List<Object>, Method>> METHODS = new ConcurrentHashMap<>();

  private final Object recorder;

  private Recording(Object recorder) {
    this.recorder = recorder;
  }

  /** An object of the interface in front of a recorder. */
  public static <T> T proxy(Class<T> type, Object recorder) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(), new Class<?>[] {type}, new Recording(recorder)));
  }

  /** The recorder behind an object, if it is of that class. */
  public static <R> Optional<R> recorder(Object proxy, Class<R> type) {
    if (proxy != null
        && Proxy.isProxyClass(proxy.getClass())
        && Proxy.getInvocationHandler(proxy) instanceof Recording recording
        && type.isInstance(recording.recorder)) {
      return Optional.of(type.cast(recording.recorder));
    }
    return Optional.empty();
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return switch (method.getName()) {
        case "equals" -> proxy == arguments[0];
        case "hashCode" -> System.identityHashCode(proxy);
        default -> recorder.toString();
      };
    }
    Method recorded =
        METHODS.computeIfAbsent(recorder.getClass(), Recording::methods).get(signature(method));
    if (recorded == null && method.isDefault()) {
      return InvocationHandler.invokeDefault(proxy, method, arguments);
    }
    if (recorded == null) {
      throw new Refusal(method.getDeclaringClass().getSimpleName() + '.' + method.getName());
    }
    try {
      return recorded.invoke(recorder, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** The methods of a recorder class that answer for an interface. */
  public static Map<List<Object>, Method> methods(Class<?> type) {
    Map<List<Object>, Method> methods = new HashMap<>();
    for (Method method : type.getDeclaredMethods()) {
      if (Modifier.isPublic(method.getModifiers()) && !method.isBridge()) {
        method.setAccessible(true);
        methods.put(signature(method), method);
      }
    }
    return methods;
  }

  public static List<Object> signature(Method method) {
    return List.of(method.getName(), Arrays.asList(method.getParameterTypes()));
  }
}
