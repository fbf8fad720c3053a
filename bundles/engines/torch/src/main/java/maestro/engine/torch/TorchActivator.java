package maestro.engine.torch;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtEngineProvider;
import java.util.Dictionary;
import java.util.Hashtable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/**
 * Offers DJL's PyTorch engine as the service {@link Engine}. The native libraries are loaded when
 * somebody first takes the service, from the folder that the property {@code PYTORCH_LIBRARY_PATH}
 * names.
 */
public final class TorchActivator implements BundleActivator, ServiceFactory<Engine> {
  @Override
  public void start(BundleContext context) {
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put("maestro.name", "engine.torch");
    context.registerService(Engine.class, this, properties);
  }

  @Override
  public void stop(BundleContext context) {
    // The framework withdraws the service; native libraries stay until the process ends.
  }

  @Override
  public Engine getService(Bundle bundle, ServiceRegistration<Engine> registration) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    // DJL finds its property files, and on first touch its engines, through the thread's class
    // loader.
    thread.setContextClassLoader(PtEngineProvider.class.getClassLoader());
    try {
      Engine.registerEngine(new PtEngineProvider());
      return Engine.getEngine("PyTorch");
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Override
  public void ungetService(
      Bundle bundle, ServiceRegistration<Engine> registration, Engine service) {
    // One engine for all, for the life of the process.
  }
}
