package maestro.media;

import static org.bytedeco.ffmpeg.global.avutil.AV_CHANNEL_ORDER_UNSPEC;
import static org.bytedeco.ffmpeg.global.avutil.AV_CHAN_BACK_CENTER;
import static org.bytedeco.ffmpeg.global.avutil.AV_CHAN_BACK_LEFT;
import static org.bytedeco.ffmpeg.global.avutil.AV_CHAN_BACK_RIGHT;
import static org.bytedeco.ffmpeg.global.avutil.AV_CHAN_FRONT_CENTER;
import static org.bytedeco.ffmpeg.global.avutil.AV_CHAN_FRONT_LEFT;
import static org.bytedeco.ffmpeg.global.avutil.AV_CHAN_FRONT_RIGHT;
import static org.bytedeco.ffmpeg.global.avutil.AV_CHAN_LOW_FREQUENCY;
import static org.bytedeco.ffmpeg.global.avutil.AV_CHAN_LOW_FREQUENCY_2;
import static org.bytedeco.ffmpeg.global.avutil.AV_CHAN_SIDE_LEFT;
import static org.bytedeco.ffmpeg.global.avutil.AV_CHAN_SIDE_RIGHT;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_channel_from_index;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;

import org.bytedeco.ffmpeg.avutil.AVChannelLayout;

/**
 * Two channels out of more, as ITU-R BS.775-3 says: a side keeps its front channel, and gets 0.7071
 * of the centre and of its surround channel. The channel of low frequencies is left out. One or two
 * channels stay as they are.
 */
final class Mixdown {
  private static final float HALF_POWER = (float) Math.sqrt(0.5);

  private final float[][] weights;

  /** For a sound of that layout; one that is not known is taken for the usual of so many. */
  Mixdown(AVChannelLayout layout) {
    int channels = layout.nb_channels();
    if (channels <= 2) {
      weights = null;
      return;
    }
    weights = new float[2][channels];
    try (AVChannelLayout usual = new AVChannelLayout()) {
      boolean known = layout.order() != AV_CHANNEL_ORDER_UNSPEC;
      if (!known) {
        av_channel_layout_default(usual, channels);
      }
      for (int c = 0; c < channels; c++) {
        weigh(c, av_channel_layout_channel_from_index(known ? layout : usual, c));
      }
    }
  }

  private void weigh(int channel, int place) {
    if (place == AV_CHAN_FRONT_LEFT) {
      weights[0][channel] = 1;
    } else if (place == AV_CHAN_FRONT_RIGHT) {
      weights[1][channel] = 1;
    } else if (place == AV_CHAN_BACK_LEFT || place == AV_CHAN_SIDE_LEFT) {
      weights[0][channel] = HALF_POWER;
    } else if (place == AV_CHAN_BACK_RIGHT || place == AV_CHAN_SIDE_RIGHT) {
      weights[1][channel] = HALF_POWER;
    } else if (place == AV_CHAN_FRONT_CENTER) {
      weights[0][channel] = HALF_POWER;
      weights[1][channel] = HALF_POWER;
    } else if (place == AV_CHAN_BACK_CENTER) {
      // One surround channel goes to both sides at half of its power again.
      weights[0][channel] = 0.5f;
      weights[1][channel] = 0.5f;
    } else if (place != AV_CHAN_LOW_FREQUENCY && place != AV_CHAN_LOW_FREQUENCY_2) {
      // BS.775 has no such place: above, between or of no name.
      weights[0][channel] = 0.5f;
      weights[1][channel] = 0.5f;
    }
  }

  /** How many channels come out. */
  static int channels(AVChannelLayout layout) {
    return Math.min(2, layout.nb_channels());
  }

  /** Mixes so many samples of each channel, or hands them on. */
  float[][] apply(float[][] channels, int samples) {
    if (weights == null) {
      return channels;
    }
    float[][] mixed = new float[2][samples];
    for (int side = 0; side < 2; side++) {
      for (int c = 0; c < channels.length; c++) {
        float weight = weights[side][c];
        for (int i = 0; i < samples && weight != 0; i++) {
          mixed[side][i] += weight * channels[c][i];
        }
      }
    }
    return mixed;
  }
}
