package maestro.media;

/**
 * What reading a file may cost.
 *
 * @param pixels of one picture
 * @param seconds of film or sound
 * @param streams in one file
 * @param workSeconds on one picture, and on looking at a file
 * @param threads of one decoder
 */
record Limits(int pixels, double seconds, int streams, int workSeconds, int threads) {
  static Limits of(Settings settings) {
    int threads = settings.threads();
    return new Limits(
        settings.maximumPixels(),
        settings.maximumHours() * 3600,
        settings.maximumStreams(),
        settings.maximumSeconds(),
        threads > 0 ? threads : Math.min(16, Runtime.getRuntime().availableProcessors()));
  }
}
