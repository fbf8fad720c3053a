package maestro.media;

import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLTP;
import static org.bytedeco.ffmpeg.global.avutil.AV_TIME_BASE;
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
import java.util.Locale;
import java.util.function.Consumer;
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
 * a later change within the file is converted to them. One or two channels are handed out as
 * stored, more are mixed down to two. In a film, time 0 is its first picture: sound from before it
 * is left out, and there is silence where a film has no sound yet, or none for a while.
 */
final class SoundTrack implements AutoCloseable {
  /** The time line of a file without pictures begins with its first sample. */
  static final double NO_PICTURE = Double.NaN;

  /** Nobody hears that sound is so much early or late; containers round their times. */
  private static final double UNHEARD_SECONDS = 0.02;

  private static final double LARGEST_OVERLAP_SECONDS = 1;
  private static final float SILENT = 1e-4f;

  private final MediaFile file;
  private final double tick;
  private final double originSeconds;
  private final double fromSeconds;
  private final double seconds;
  private final AVFrame converted = Ffmpeg.allocated(av_frame_alloc());
  private final AVChannelLayout layout = new AVChannelLayout();
  private final SwrContext converter = Ffmpeg.allocated(swr_alloc());
  private float[][] channels;
  private float[][] planes;
  private Mixdown mixdown;
  private int rate;
  private long passed;
  private long overlap;
  private int length;

  private SoundTrack(MediaFile file, double tick, double origin, double from, double seconds) {
    this.file = file;
    this.tick = tick;
    this.originSeconds = origin;
    this.fromSeconds = from;
    this.seconds = seconds;
  }

  /**
   * Decodes it from the beginning, which alone gives the same samples every time, to the end of the
   * piece, and keeps the piece.
   *
   * @param origin time in the file of the film's first picture, in seconds, or {@link #NO_PICTURE}
   * @param remarks takes a sentence for each thing that is odd about the sound
   * @throws MaestroException of kind INPUT when there is no sound, or a sample is not a number
   */
  static Sound decode(
      MediaFile file, double origin, double fromSeconds, double seconds, Consumer<String> remarks) {
    AVStream stream = file.sound().orElseThrow(() -> none(file, "there is no sound in it"));
    double tick = Ffmpeg.number(stream.time_base());
    try (SoundTrack track = new SoundTrack(file, tick, origin, fromSeconds, seconds);
        Decoder decoder = new Decoder(file, stream)) {
      AVFrame frame;
      while (!track.isFull() && (frame = decoder.next()) != null) {
        if (frame.nb_samples() > 0
            && frame.ch_layout().nb_channels() > 0
            && frame.sample_rate() > 0) {
          track.take(frame);
        }
      }
      Sound sound = track.sound();
      track.remark(sound, remarks);
      return sound;
    }
  }

  private static MaestroException none(MediaFile file, String why) {
    return new MaestroException(Kind.INPUT, file.name(), why, "name a file with sound");
  }

  private void take(AVFrame frame) {
    if (channels == null) {
      rate = frame.sample_rate();
      av_channel_layout_copy(layout, frame.ch_layout());
      mixdown = new Mixdown(layout);
      channels = new float[Mixdown.channels(layout)][rate];
      planes = new float[layout.nb_channels()][];
    }
    place(frame.best_effort_timestamp());
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

  /** Sees to it that what comes next stands where the film's time line has it. */
  private void place(long time) {
    if (Double.isNaN(originSeconds) || time == Ffmpeg.UNKNOWN_TIME) {
      return;
    }
    double expected = time * tick - originSeconds;
    double late = expected - (double) (passed - overlap) / rate;
    boolean begins = passed == 0 && overlap == 0;
    if (begins && expected < 0) {
      overlap = Math.round(-expected * rate);
    } else if ((begins || late > UNHEARD_SECONDS) && expected <= fileSeconds()) {
      silence(Math.round(late * rate));
    } else if (late < -UNHEARD_SECONDS && late > -LARGEST_OVERLAP_SECONDS) {
      overlap += Math.round(-late * rate);
    }
  }

  /** Length of the file by its header; a damaged time beyond it is not believed. */
  private double fileSeconds() {
    return (double) file.context().duration() / AV_TIME_BASE;
  }

  private void silence(long samples) {
    long from = Math.max(passed, begin());
    long to = Math.min(passed + samples, end());
    passed += samples;
    if (to > from) {
      makeRoom(to - from);
      for (float[] channel : channels) {
        Arrays.fill(channel, length, length + (int) (to - from), 0);
      }
      length += (int) (to - from);
    }
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
    int left = (int) Math.min(overlap, converted.nb_samples());
    overlap -= left;
    int given = converted.nb_samples() - left;
    int from = (int) Math.min(given, Math.max(0, begin() - passed));
    int to = (int) Math.max(from, Math.min(given, end() - passed));
    long first = passed + from;
    passed += given;
    int samples = to - from;
    makeRoom(samples);
    for (int c = 0; c < planes.length && samples > 0; c++) {
      if (planes[c] == null || planes[c].length < samples) {
        planes[c] = new float[samples];
      }
      try (FloatPointer plane = new FloatPointer(converted.extended_data(c))) {
        plane.position(left + from).get(planes[c], 0, samples);
      }
      refuseWhatIsNoNumber(planes[c], samples, first);
    }
    float[][] mixed = mixdown.apply(planes, samples);
    for (int c = 0; c < channels.length && samples > 0; c++) {
      System.arraycopy(mixed[c], 0, channels[c], length, samples);
    }
    length += samples;
  }

  private void refuseWhatIsNoNumber(float[] plane, int samples, long first) {
    for (int i = 0; i < samples; i++) {
      if (!Float.isFinite(plane[i])) {
        throw new MaestroException(
            Kind.INPUT,
            file.name(),
            String.format(
                Locale.ROOT,
                "its sample at %.4f s is %s and not a number",
                (double) (first + i) / rate,
                Float.isNaN(plane[i]) ? "NaN" : "infinite"),
            "cut it out, or write the sound anew from the program that made it");
      }
    }
  }

  private void makeRoom(long samples) {
    long wanted = length + samples;
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

  private void remark(Sound sound, Consumer<String> remarks) {
    if (planes.length > 2) {
      remarks.accept(
          file.name() + ": its " + planes.length + " channels are mixed down to two (BS.775)");
    }
    boolean left = isHeard(sound.channels()[0]);
    boolean right = isHeard(sound.channels()[channels.length - 1]);
    if (!left && !right) {
      remarks.accept(file.name() + ": there is nothing but silence in its sound");
    } else if (left != right) {
      remarks.accept(
          file.name() + ": there is sound on its " + (left ? "left" : "right") + " side only");
    }
  }

  private static boolean isHeard(float[] channel) {
    for (float sample : channel) {
      if (Math.abs(sample) > SILENT) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    av_frame_free(converted);
    av_channel_layout_uninit(layout);
    layout.close();
    swr_free(converter);
  }
}
