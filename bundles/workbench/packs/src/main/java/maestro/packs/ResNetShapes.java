package maestro.packs;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Names and shapes of the encoders that are built on residual networks: TAVAR and CTEN. */
final class ResNetShapes {
  private static final List<Integer> RESNET_18 = List.of(2, 2, 2, 2);
  private static final List<Integer> RESNET_50 = List.of(3, 4, 6, 3);
  private static final List<Integer> RESNET_101 = List.of(3, 4, 23, 3);

  private ResNetShapes() {}

  static Map<String, long[]> tavar(Numbers numbers) {
    Shapes shapes = new Shapes();
    long stem = numbers.positive("stem", 64);
    long width = 32 * stem;
    resNet50(shapes, "AttrNet.resnet.", stem);
    for (int i = 1; i <= 6; i++) {
      head(shapes, "AttrNet.Attr" + i + "_Model.", width, 1);
    }
    resNet50(shapes, "ScenceNet.", stem);
    head(shapes, "ScenceNet.", width, 6);
    resNet50(shapes, "score_net.", stem);
    shapes.layer("score_net.fc", 256, width);
    // Graph convolutions store [in, out], so their bias has the length of the second axis.
    shapes.tensor("GCNNet.gc1.weight", 256, 256).tensor("GCNNet.gc1.bias", 256);
    shapes.tensor("GCNNet.gc2.weight", 256, 2048).tensor("GCNNet.gc2.bias", 2048);
    shapes.tensor("GCNNet.gc2_2.weight", 2048, 4096).tensor("GCNNet.gc2_2.bias", 4096);
    return shapes.layer("GCNNet.fc1", 1, 28_672).map();
  }

  static Map<String, long[]> cten(Numbers numbers) {
    boolean sound = Boolean.parseBoolean(numbers.text("sound", "true"));
    long segments = numbers.positive("segments", 16);
    long stem = numbers.positive("stem", 64);
    Shapes shapes = new Shapes();
    shapes.tensor("resnet.0.weight", stem, 3, 7, 7, 7).batchNorm("resnet.1", stem);
    List<String> stages = List.of("resnet.4", "resnet.5", "resnet.6", "resnet.7");
    bottlenecks(shapes, stages, RESNET_101, stem, 3);
    nonLocal(shapes, "nl.0.", 32 * stem);
    if (sound) {
      shapes.tensor("a_resnet.0.weight", 64, 1, 7, 1).batchNorm("a_resnet.1", 64);
      basicBlocks(shapes, "a_resnet.");
      shapes.layer("a_fc.0", 2048, 512).batchNorm("a_fc.1", 2048);
      nonLocal(shapes, "nl_a.0.", 2048);
      for (String attention : List.of("v2a_attn", "a2v_attn")) {
        for (String projection : List.of("q", "k", "v", "o")) {
          shapes.layer(attention + ".linear_" + projection, 2048, 2048);
        }
      }
    }
    long features = 32 * stem + (sound ? 2048 : 0);
    shapes.tensor("ta_net.conv.0.weight", 1, features, 1).batchNorm("ta_net.conv.1", 1);
    shapes.layer("ta_net.fc", segments, segments);
    return shapes.layer("fc", numbers.positive("classes", 8), features).map();
  }

  private static void resNet50(Shapes shapes, String prefix, long stem) {
    shapes.tensor(prefix + "conv1.weight", stem, 3, 7, 7).batchNorm(prefix + "bn1", stem);
    bottlenecks(
        shapes,
        List.of(prefix + "layer1", prefix + "layer2", prefix + "layer3", prefix + "layer4"),
        RESNET_50,
        stem,
        2);
  }

  private static void bottlenecks(
      Shapes shapes, List<String> stages, List<Integer> blocks, long stem, int dimensions) {
    long in = stem;
    for (int stage = 0; stage < stages.size(); stage++) {
      long planes = stem << stage;
      for (int i = 0; i < blocks.get(stage); i++, in = 4 * planes) {
        String block = stages.get(stage) + "." + i + ".";
        convolution(shapes, block, "conv1", "bn1", planes, in, 1, dimensions);
        convolution(shapes, block, "conv2", "bn2", planes, planes, 3, dimensions);
        convolution(shapes, block, "conv3", "bn3", 4 * planes, planes, 1, dimensions);
        if (i == 0) {
          convolution(shapes, block, "downsample.0", "downsample.1", 4 * planes, in, 1, dimensions);
        }
      }
    }
  }

  private static void basicBlocks(Shapes shapes, String prefix) {
    long in = 64;
    for (int stage = 0; stage < RESNET_18.size(); stage++) {
      long planes = 64L << stage;
      for (int i = 0; i < RESNET_18.get(stage); i++, in = planes) {
        String block = prefix + (4 + stage) + "." + i + ".";
        convolution(shapes, block, "conv1", "bn1", planes, in, 3, 2);
        convolution(shapes, block, "conv2", "bn2", planes, planes, 3, 2);
        if (in != planes) {
          convolution(shapes, block, "downsample.0", "downsample.1", planes, in, 1, 2);
        }
      }
    }
  }

  private static void convolution(
      Shapes shapes,
      String block,
      String name,
      String norm,
      long out,
      long in,
      long kernel,
      int dimensions) {
    long[] kernels = new long[dimensions];
    Arrays.fill(kernels, kernel);
    long[] shape = LongStream.concat(LongStream.of(out, in), Arrays.stream(kernels)).toArray();
    shapes.tensor(block + name + ".weight", shape).batchNorm(block + norm, out);
  }

  private static void nonLocal(Shapes shapes, String name, long width) {
    shapes.tensor(name + "alpha", 1);
    for (String projection : List.of("theta", "phi", "g")) {
      shapes.layer(name + projection, 256, width);
    }
    shapes.layer(name + "out", width, 256).batchNorm(name + "bn", width);
  }

  private static void head(Shapes shapes, String name, long width, long outputs) {
    shapes
        .layer(name + "fc1_1", 256, width)
        .batchNorm(name + "bn1_1", 256)
        .tensor(name + "relu1_1.weight", 1);
    shapes.layer(name + "fc2_1", 64, 256).tensor(name + "relu2_1.weight", 1);
    shapes.layer(name + "fc3_1", outputs, 64).tensor(name + "relu3_1.weight", 1);
  }
}
