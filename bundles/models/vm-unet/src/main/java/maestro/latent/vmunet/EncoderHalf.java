package maestro.latent.vmunet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import maestro.api.MaestroException;
import maestro.tensor.nn.Convolution;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.Linear;
import maestro.tensor.nn.NamedBlock;

/**
 * What VM-UNet and the S-Control Branch have in common: the embeddings, the input blocks and the
 * middle block.
 */
abstract class EncoderHalf extends NamedBlock {
  /** The numbers of the network. */
  protected final UNetConfig config;

  /** Channels of the output of each input block; also the widths of the skip connections. */
  protected final List<Integer> skipWidths = new ArrayList<>();

  private final Linear time0;
  private final Linear time2;
  private final Linear film;
  private final List<InputBlock> inputBlocks = new ArrayList<>();
  private final ResBlock middle0;
  private final SpatialTransformer middle1;
  private final ResBlock middle2;

  /**
   * One entry of input_blocks: a convolution alone, or a residual block and perhaps a transformer.
   */
  private record InputBlock(
      Convolution convolution, ResBlock residual, SpatialTransformer transformer) {}

  /** Builds the half and its names. */
  protected EncoderHalf(UNetConfig config) {
    this.config = config;
    int embedding = config.embeddingWidth();
    time0 = child("time_embed.0", new Linear(config.modelChannels(), embedding));
    time2 = child("time_embed.2", new Linear(embedding, embedding));
    film = child("film_emb", new Linear(config.filmWidth(), embedding));

    int width = config.width(0);
    addConvolution("0", Convolution.plane(config.latentChannels(), width, 3, 1, 1), width);
    for (int level = 0; level < config.levels(); level++) {
      for (int i = 0; i < config.resBlocks(); i++) {
        String name = "input_blocks." + inputBlocks.size();
        ResBlock residual = child(name + ".0", residual(width, config.width(level)));
        width = config.width(level);
        SpatialTransformer transformer =
            config.attends(level) ? child(name + ".1", transformer(width)) : null;
        inputBlocks.add(new InputBlock(null, residual, transformer));
        skipWidths.add(width);
      }
      if (level < config.levels() - 1) {
        addConvolution("0.op", Convolution.plane(width, width, 3, 2, 1), width);
      }
    }
    middle0 = child("middle_block.0", residual(width, width));
    middle1 = child("middle_block.1", transformer(width));
    middle2 = child("middle_block.2", residual(width, width));
  }

  private void addConvolution(String name, Convolution convolution, int width) {
    child("input_blocks." + inputBlocks.size() + "." + name, convolution);
    inputBlocks.add(new InputBlock(convolution, null, null));
    skipWidths.add(width);
  }

  /** A residual block of this network. */
  protected final ResBlock residual(int inputs, int outputs) {
    return new ResBlock(inputs, outputs, 2 * config.embeddingWidth());
  }

  /** A transformer of this network. */
  protected final SpatialTransformer transformer(int channels) {
    int contextWidth = config.conditioning().crosses() ? config.filmWidth() : 0;
    return new SpatialTransformer(channels, config.headRule().heads(channels), contextWidth);
  }

  /** The transformers, in order. */
  protected final List<SpatialTransformer> encoderTransformers() {
    List<SpatialTransformer> transformers = new ArrayList<>();
    for (InputBlock block : inputBlocks) {
      if (block.transformer != null) {
        transformers.add(block.transformer);
      }
    }
    transformers.add(middle1);
    return transformers;
  }

  /**
   * Whether an input block is the first residual block of its level, where a local control enters.
   */
  protected final boolean takesLocal(int block) {
    return block % (config.resBlocks() + 1) == 1;
  }

  /**
   * SiLU of the embedding: time first, then film.
   *
   * @param timesteps {@code [B]}
   * @param condition {@code [B, filmWidth]}
   * @return {@code [B, 2·embeddingWidth]}
   */
  protected final NDArray embed(
      ParameterStore store, NDArray timesteps, NDArray condition, boolean training) {
    NDArray sinusoid = Embedding.sinusoid(timesteps, config.modelChannels());
    NDArray time =
        time2.apply(store, Functions.silu(time0.apply(store, sinusoid, training)), training);
    NDArray fed =
        config.conditioning() == VideoConditioning.CROSS_ONLY
            ? Functions.times(condition, 0)
            : condition;
    return Functions.silu(time.concat(film.apply(store, fed, training), 1));
  }

  /**
   * The condition as one token, {@code [B, 1, filmWidth]}, or null when attentions do not cross.
   */
  protected final NDArray context(NDArray condition) {
    return config.conditioning().crosses() ? condition.expandDims(1) : null;
  }

  /**
   * Runs the input blocks and the middle block.
   *
   * @param locals local control of each level, {@code [B or 1, C, T, 1]}, or null
   * @param entry hint added once after input block 0, or null
   * @return the outputs of all input blocks and, last, of the middle block
   */
  protected final NDList encode(
      ParameterStore store,
      NDArray x,
      NDArray embedding,
      NDArray context,
      NDList locals,
      NDArray entry,
      boolean training) {
    NDList outputs = new NDList(inputBlocks.size() + 1);
    NDArray h = x;
    for (int i = 0; i < inputBlocks.size(); i++) {
      InputBlock block = inputBlocks.get(i);
      if (block.convolution != null) {
        h = block.convolution.apply(store, h, training);
      } else {
        NDArray local =
            locals != null && takesLocal(i) ? locals.get(i / (config.resBlocks() + 1)) : null;
        h = block.residual.apply(store, h, embedding, local, training);
        if (block.transformer != null) {
          h = block.transformer.apply(store, h, context, training);
        }
      }
      if (i == 0 && entry != null) {
        h = h.add(entry);
      }
      outputs.add(h);
    }
    h = middle0.apply(store, h, embedding, null, training);
    h = middle1.apply(store, h, context, training);
    outputs.add(middle2.apply(store, h, embedding, null, training));
    return outputs;
  }

  /** Refuses a latent whose length the steps down cannot halve evenly. */
  protected final void checkLatent(NDArray x) {
    long[] shape = x.getShape().getShape();
    if (shape.length != 4 || shape[1] != config.latentChannels()) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "denoiser",
          "a latent of shape "
              + x.getShape()
              + " is not [B, "
              + config.latentChannels()
              + ", T, F]",
          "give one latent column for every four mel frames");
    }
    if (shape[2] % config.multiple() != 0 || shape[3] % config.multiple() != 0) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "denoiser",
          "latent size "
              + shape[2]
              + " x "
              + shape[3]
              + " is not a multiple of "
              + config.multiple(),
          "pad the latent to the next multiple and cut the sound afterwards");
    }
  }
}
