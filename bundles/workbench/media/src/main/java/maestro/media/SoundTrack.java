package maestro.media;

import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLTP;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_copy;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_uninit;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.swresample.swr_alloc;
import static org.bytedeco.ffmpeg.global.swresample.swr_close;
import static org.bytedeco.ffmpeg.global.swresample.swr_convert_frame;
import static org.bytedeco.ffmpeg.global.swresample.swr_free;

import java.util.Arrays;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.sound.Sound;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVChannelLayout;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.swresample.SwrContext;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The sound of a file as floats, or a piece of it. Rate and channels are those of its first frame;
 * a later change within the file is converted to them. Channels are handed out as stored, nothing
 * is mixed.
 */
final class SoundTrack implements AutoCloseable {
  private final MediaFile file;
  private final AVFrame converted = Ffmpeg.allocated(av_frame_alloc());
  private final AVChannelLayout layout = new AVChannelLayout();
  private final SwrContext converter = Ffmpeg.allocated(swr_alloc());
  private float[][] channels;
  private final double fromSeconds;
  private final double seconds;
  private int rate;
  private long passed;
  private int length;

  private SoundTrack(MediaFile file, double fromSeconds, double seconds) {
    this.file = file;
    this.fromSeconds = fromSeconds;
    this.seconds = seconds;
  }

  /**
   * Decodes it from the beginning, which alone gives the same samples every time, to the end of the
   * piece, and keeps the piece.
   *
   * @throws MaestroException of kind INPUT when there is no sound
   */
  static Sound decode(MediaFile file, double fromSeconds, double seconds) {
    AVStream stream = file.sound().orElseThrow(() -> none(file, "there is no sound in it"));
    try (SoundTrack track = new SoundTrack(file, fromSeconds, seconds);
        Decoder decoder = new Decoder(file, stream)) {
      AVFrame frame;
      while (!track.isFull() && (frame = decoder.next()) != null) {
        if (frame.nb_samples() > 0
            && frame.ch_layout().nb_channels() > 0
            && frame.sample_rate() > 0) {
          track.take(frame);
        }
      }
      return track.sound();
    }
  }

  private static MaestroException none(MediaFile file, String why) {
    return new MaestroException(Kind.INPUT, file.name(), why, "name a file with sound");
  }

  private void take(AVFrame frame) {
    if (channels == null) {
      rate = frame.sample_rate();
      channels = new float[frame.ch_layout().nb_channels()][rate];
      av_channel_layout_copy(layout, frame.ch_layout());
    }
    int result = convert(frame);
    if (result == avutil.AVERROR_INPUT_CHANGED) {
      convertRest();
      swr_close(converter);
      result = convert(frame);
    }
    if (result < 0) {
      throw none(file, "its sound cannot be converted (" + Ffmpeg.words(result) + ")");
    }
    append();
  }

  /** Converts a frame; null for what is left within the converter. */
  private int convert(AVFrame frame) {
    av_frame_unref(converted);
    av_channel_layout_copy(converted.ch_layout(), layout);
    converted.format(AV_SAMPLE_FMT_FLTP).sample_rate(rate).nb_samples(0);
    return swr_convert_frame(converter, converted, frame);
  }

  private void convertRest() {
    if (convert(null) >= 0) {
      append();
    }
  }

  private boolean isFull() {
    return channels != null && passed >= end();
  }

  private long begin() {
    return Math.round(fromSeconds * rate);
  }

  private long end() {
    return Math.round((fromSeconds + seconds) * rate);
  }

  private void append() {
    int from = (int) Math.min(converted.nb_samples(), Math.max(0, begin() - passed));
    int to = (int) Math.max(from, Math.min(converted.nb_samples(), end() - passed));
    passed += converted.nb_samples();
    int samples = to - from;
    long wanted = (long) length + samples;
    if (passed > file.limits().seconds() * rate) {
      throw new MaestroException(
          Kind.INPUT,
          file.name(),
          String.format("its sound lasts longer than the %.0f s allowed", file.limits().seconds()),
          "cut it, or raise maximumHours of media");
    }
    if (wanted > channels[0].length) {
      grow(wanted);
    }
    for (int c = 0; c < channels.length; c++) {
      try (FloatPointer plane = new FloatPointer(converted.extended_data(c))) {
        plane.position(from).get(channels[c], length, samples);
      }
    }
    length += samples;
  }

  private void grow(long wanted) {
    long capacity = Math.min(Integer.MAX_VALUE - 8, Math.max(wanted, channels[0].length * 3L / 2));
    if (capacity < wanted) {
      throw tooLong(null);
    }
    resize((int) capacity);
  }

  private void resize(int samples) {
    try {
      for (int c = 0; c < channels.length; c++) {
        channels[c] = Arrays.copyOf(channels[c], samples);
      }
    } catch (OutOfMemoryError e) {
      // One huge array that did not fit; everything else goes on.
      throw tooLong(e);
    }
  }

  private MaestroException tooLong(OutOfMemoryError e) {
    return new MaestroException(
        Kind.RESOURCE,
        file.name(),
        "its sound does not fit into memory",
        "cut it, or give Java more memory with -Xmx",
        e);
  }

  private Sound sound() {
    if (channels != null) {
      convertRest();
    }
    if (passed == 0) {
      throw none(file, "none of its sound can be decoded");
    }
    resize(length);
    return new Sound(channels, rate);
  }

  @Override
  public void close() {
    av_frame_free(converted);
    av_channel_layout_uninit(layout);
    layout.close();
    swr_free(converter);
  }
}
