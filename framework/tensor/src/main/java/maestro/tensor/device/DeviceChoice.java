package maestro.tensor.device;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import maestro.api.run.Device;
import org.slf4j.LoggerFactory;

/**
 * Which device networks of an engine run on. A CUDA device that cannot be used is given up for the
 * processor with one line in the log, however many networks want it.
 */
public final class DeviceChoice {
  private final Set<Device> givenUp = ConcurrentHashMap.newKeySet();
  private final Consumer<String> log;

  /** A choice that nothing has been tried for. */
  public DeviceChoice() {
    this(line -> LoggerFactory.getLogger(DeviceChoice.class).warn(line));
  }

  /**
   * A choice that nothing has been tried for.
   *
   * @param log gets the line
   */
  public DeviceChoice(Consumer<String> log) {
    this.log = log;
  }

  /**
   * The device for a network.
   *
   * @param wanted as the user said it
   * @param obstacle why its CUDA device cannot be used; empty when nothing is known against it
   * @return a CUDA device, or the processor
   */
  public Device of(Device wanted, Supplier<String> obstacle) {
    Device cuda = new Device(Device.Kind.CUDA, wanted.index());
    if (wanted.kind() == Device.Kind.CPU || givenUp.contains(cuda)) {
      return Device.CPU;
    }
    String why = obstacle.get();
    if (why.isEmpty()) {
      return cuda;
    }
    if (wanted.kind() == Device.Kind.CUDA) {
      giveUp(cuda, why);
    }
    return Device.CPU;
  }

  /** Lets all networks from now on run on the processor instead. */
  public void giveUp(Device cuda, String why) {
    if (givenUp.add(cuda)) {
      log.accept(
          cuda
              + " cannot be used ("
              + why.replaceAll("(?s)^.* : FAIL : ", "").replaceAll("\\s+", " ").strip()
              + "); networks run on the processor");
    }
  }
}
