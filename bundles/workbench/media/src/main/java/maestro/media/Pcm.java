package maestro.media;

/** 16-bit samples: value · 32768, rounded to the nearest, clamped to ±32767. */
final class Pcm {
  private Pcm() {}

  static short of(float value) {
    return (short) Math.max(-32767, Math.min(32767, Math.round(value * 32768.0)));
  }
}
