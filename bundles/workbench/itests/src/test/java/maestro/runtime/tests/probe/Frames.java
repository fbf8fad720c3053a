package maestro.runtime.tests.probe;

import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;
import maestro.api.film.FrameSource;

/** Half a second of a moving pattern, at the rate and size an encoder asks for. */
final class Frames implements FrameSource {
  private final FrameRequest request;
  private int next;

  Frames(FrameRequest request) {
    this.request = request;
  }

  @Override
  public Frame next() {
    double time = next / request.framesPerSecond();
    if (time >= 0.5) {
      return null;
    }
    int width = request.width() == 0 ? 48 : request.width();
    int height = request.height() == 0 ? 32 : request.height();
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i * 31 / 7 + next * 11);
    }
    next++;
    return new Frame(time, width, height, rgb);
  }
}
