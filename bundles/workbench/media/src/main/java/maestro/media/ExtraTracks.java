package maestro.media;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PNG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_INPUT_BUFFER_PADDING_SIZE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_DISCARD;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_copy;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_DEFAULT;
import static org.bytedeco.ffmpeg.global.avformat.av_codec_get_id;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_ATTACHMENT;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.av_mallocz;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVChapter;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Copies what a film has beside its picture and its sound into a result whose time line begins
 * later: streams packet by packet, chapters, tags.
 */
final class ExtraTracks implements AutoCloseable {
  /** How much of a sound track may lie before the beginning, for its decoder to warm up. */
  private static final double WARM_UP_SECONDS = 0.1;

  /** A chapter may seem to last longer than the film, whose times may be rounded otherwise. */
  private static final double ROUNDED_SECONDS = 0.01;

  private final MediaFile source;
  private final AVFormatContext result;
  private final String name;
  private final boolean hasEdits;
  private final double startSeconds;
  private final double seconds;
  private final Map<Integer, AVStream> made = new HashMap<>();
  private final Map<Integer, Long> lastTimes = new HashMap<>();
  private final AVPacket packet = Ffmpeg.allocated(av_packet_alloc());
  private boolean isWaiting;
  private boolean over;

  /**
   * Opens the film once more.
   *
   * @param result what is written, not yet begun
   * @param name of the result
   */
  ExtraTracks(
      Path film,
      Limits limits,
      PictureSpan span,
      AVFormatContext result,
      Container container,
      String name) {
    source = MediaFile.open(film, limits);
    this.result = result;
    this.name = name;
    hasEdits = container.hasEdits();
    startSeconds = span.start() * Ffmpeg.number(source.picture().time_base());
    seconds = span.seconds();
    Set<Integer> read = new HashSet<>();
    for (int index : Extras.of(source, container).kept()) {
      AVStream from = source.context().streams(index);
      boolean attached = container == Container.MKV && Extras.isCover(from);
      AVStream to = Ffmpeg.allocated(avformat_new_stream(result, null));
      describe(from, to);
      if (attached) {
        attach(from, to);
      } else if (from.codecpar().codec_type() != AVMEDIA_TYPE_ATTACHMENT) {
        made.put(index, to);
        read.add(index);
      }
    }
    source.only(read);
    over = read.isEmpty();
    chapters();
  }

  private void describe(AVStream from, AVStream to) {
    Ffmpeg.wrote(avcodec_parameters_copy(to.codecpar(), from.codecpar()), name);
    int tag = from.codecpar().codec_tag();
    boolean known =
        result.oformat().codec_tag() != null
            && av_codec_get_id(result.oformat().codec_tag(), tag) == from.codecpar().codec_id();
    to.codecpar().codec_tag(known ? tag : 0);
    to.time_base().num(from.time_base().num()).den(from.time_base().den());
    boolean heard = from.codecpar().codec_type() == AVMEDIA_TYPE_AUDIO;
    // The score is what is to be heard first.
    to.disposition(heard ? from.disposition() & ~AV_DISPOSITION_DEFAULT : from.disposition());
    to.metadata(Ffmpeg.dictionary(Extras.lasting(Ffmpeg.tags(from.metadata()))));
  }

  /** Makes an attachment of a cover, as Matroska has it. */
  private static void attach(AVStream from, AVStream to) {
    AVPacket image = from.attached_pic();
    int codec = from.codecpar().codec_id();
    BytePointer bytes =
        new BytePointer(av_mallocz((long) image.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    byte[] copy = new byte[image.size()];
    image.data().get(copy);
    bytes.put(copy, 0, copy.length);
    to.codecpar().codec_type(AVMEDIA_TYPE_ATTACHMENT);
    to.codecpar().extradata(bytes).extradata_size(copy.length);
    to.disposition(0);
    String kind = codec == AV_CODEC_ID_MJPEG ? "jpeg" : codec == AV_CODEC_ID_PNG ? "png" : "bmp";
    Map<String, String> tags = Ffmpeg.tags(to.metadata());
    tags.putIfAbsent("filename", "cover." + (kind.equals("jpeg") ? "jpg" : kind));
    tags.putIfAbsent("mimetype", "image/" + kind);
    to.metadata(Ffmpeg.dictionary(tags));
  }

  private void chapters() {
    int count = source.context().nb_chapters();
    if (count == 0) {
      return;
    }
    PointerPointer<?> all =
        new PointerPointer<>(av_mallocz((count + 1L) * Long.BYTES)).capacity(count + 1L);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      AVChapter from = source.context().chapters(i);
      double tick = Ffmpeg.number(from.time_base());
      long begin = Math.max(0, Math.round(from.start() - startSeconds / tick));
      double whole = from.end() - startSeconds / tick;
      long end = Math.round(whole * tick < seconds + ROUNDED_SECONDS ? whole : seconds / tick);
      if (end > begin) {
        if (kept == 0 && begin > 0 && hasEdits) {
          // Chapters of MP4 follow one another from the beginning.
          all.put(kept, chapter(kept, from, 0, begin));
          kept++;
        }
        AVChapter to = chapter(kept, from, begin, end);
        to.metadata(Ffmpeg.dictionary(Ffmpeg.tags(from.metadata())));
        all.put(kept, to);
        kept++;
      }
    }
    result.chapters(all);
    result.nb_chapters(kept);
  }

  private static AVChapter chapter(int number, AVChapter like, long begin, long end) {
    AVChapter made = new AVChapter(av_mallocz(Pointer.sizeof(AVChapter.class)));
    made.id(number).start(begin).end(end);
    made.time_base().num(like.time_base().num()).den(like.time_base().den());
    return made;
  }

  /** Writes all packets that are decoded before a time of the result. */
  void writeUntil(double untilSeconds) {
    while (!over) {
      if (!isWaiting && !source.read(packet, made.keySet())) {
        over = true;
        return;
      }
      isWaiting = true;
      AVStream from = source.context().streams(packet.stream_index());
      double tick = Ffmpeg.number(from.time_base());
      boolean cover = Extras.isCover(from);
      if (!cover && packet.dts() * tick - startSeconds >= untilSeconds) {
        return;
      }
      if (cover ? !lastTimes.containsKey(from.index()) : isWithin(from, tick)) {
        write(from, cover);
      }
      av_packet_unref(packet);
      isWaiting = false;
    }
  }

  private boolean isWithin(AVStream from, double tick) {
    if (packet.pts() == Ffmpeg.UNKNOWN_TIME || packet.dts() == Ffmpeg.UNKNOWN_TIME) {
      return false;
    }
    boolean heard = from.codecpar().codec_type() == AVMEDIA_TYPE_AUDIO;
    double begin = packet.pts() * tick - startSeconds;
    double end = begin + Math.max(1, packet.duration()) * tick;
    boolean shown = (packet.flags() & AV_PKT_FLAG_DISCARD) == 0 && end > 0;
    // A container without an edit list would show all else later instead.
    boolean warmsUp =
        heard && begin < 0 && begin > -WARM_UP_SECONDS && (hasEdits || isDelay(from, begin));
    return begin < seconds && (shown && (begin >= 0 || !heard) || warmsUp);
  }

  /** Whether so much before the beginning is what a track's decoder takes to begin, as it says. */
  private static boolean isDelay(AVStream from, double begin) {
    int rate = Math.max(1, from.codecpar().sample_rate());
    return begin + ROUNDED_SECONDS >= -(double) from.codecpar().initial_padding() / rate
        && from.codecpar().initial_padding() > 0;
  }

  private void write(AVStream from, boolean cover) {
    AVStream to = made.get(from.index());
    if (cover) {
      packet.pts(0).dts(0);
    } else {
      av_packet_rescale_ts(packet, from.time_base(), to.time_base());
      long start = Math.round(startSeconds / Ffmpeg.number(to.time_base()));
      boolean heard = from.codecpar().codec_type() == AVMEDIA_TYPE_AUDIO;
      long shown = packet.pts() - start;
      long decode = packet.dts() - start;
      if (!heard && shown < 0) {
        // A line of text that began earlier.
        packet.duration(Math.max(1, packet.duration() + shown));
        shown = 0;
        decode = 0;
      }
      Long last = lastTimes.get(from.index());
      decode = last == null ? decode : Math.max(decode, last + 1);
      packet.dts(decode).pts(Math.max(shown, decode));
    }
    lastTimes.put(from.index(), packet.dts());
    packet.stream_index(to.index()).pos(-1);
    int written = av_interleaved_write_frame(result, packet);
    if (!Ffmpeg.isDamage(written)) {
      // The film is not given up for a damaged piece of what is beside it.
      Ffmpeg.wrote(written, name);
    }
  }

  @Override
  public void close() {
    av_packet_free(packet);
    source.close();
  }
}
