package maestro.runtime.cli;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory of the native engines. What they have freed the C library keeps, in pieces that the
 * next job does not fit into, so that a process grows with every job and every window of a long
 * film. The JDK can have it given back to the system: while commands run that happens now and then,
 * and when one is over, but not after each of many short ones, for it costs them time. Where it
 * cannot (before 17.0.9, or without glibc) nothing happens.
 */
final class NativeHeap {
  private static final Logger LOG = LoggerFactory.getLogger(NativeHeap.class);
  private static final long PAUSE_MILLIS = 15_000;
  private static final long LEAST_NANOS = 5_000_000_000L;

  private int running;
  private Thread thread;
  private long trimmed = System.nanoTime();

  /** A command begins. */
  synchronized void begin() {
    running++;
    if (thread == null) {
      thread = new Thread(this::watch, "maestro native heap");
      thread.setDaemon(true);
      thread.start();
    }
  }

  /**
   * A command is over.
   *
   * @param last whether the process ends with it, so that tidying up is in vain
   */
  void end(boolean last) {
    boolean due;
    synchronized (this) {
      due = !last && System.nanoTime() - trimmed >= LEAST_NANOS;
      running--;
      if (running == 0 && thread != null) {
        thread.interrupt();
        thread = null;
      }
    }
    if (due) {
      trim();
    }
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(PAUSE_MILLIS);
        trim();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Has it given back now.
   *
   * @return whether this JDK can
   */
  boolean trim() {
    synchronized (this) {
      trimmed = System.nanoTime();
    }
    try {
      MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
      beans.invoke(
          new ObjectName("com.sun.management:type=DiagnosticCommand"),
          "systemTrimNativeHeap",
          new Object[0],
          new String[0]);
      return true;
    } catch (JMException e) {
      LOG.debug("the native heap cannot be trimmed here: {}", e.toString());
      return false;
    }
  }
}
