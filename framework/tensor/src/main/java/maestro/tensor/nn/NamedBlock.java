package maestro.tensor.nn;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBaseBlock;
import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.Pair;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A DJL block whose parameters carry the names of a published checkpoint: the names of children and
 * parameters, joined by dots ({@code middle_block.0.in_layers.2.weight}).
 *
 * <p>Every shape is fixed when the block is built, so parameters can be named, counted and loaded
 * before any array exists. {@link #initialize} therefore does not look at the input shapes.
 */
public abstract class NamedBlock extends AbstractBaseBlock {
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final BlockList children = new BlockList();

  /** A block without children or parameters yet. */
  protected NamedBlock() {}

  /**
   * Adds a child.
   *
   * @param name its part of the parameter names; may hold dots, and be empty to add none
   */
  protected final <B extends Block> B child(String name, B block) {
    if (!name.isEmpty() && children.contains(name)) {
      throw new IllegalArgumentException("block: two children are named " + name);
    }
    children.add(name, block);
    return block;
  }

  /** Adds a parameter that a trainer may change. */
  protected final Parameter parameter(String name, Initializer initializer, long... shape) {
    if (parameters.containsKey(name)) {
      throw new IllegalArgumentException("block: two parameters are named " + name);
    }
    Parameter parameter =
        Parameter.builder()
            .setName(name)
            .setType(typeOf(name, shape))
            .optShape(new Shape(shape))
            .optInitializer(initializer)
            .build();
    parameters.put(name, parameter);
    return parameter;
  }

  private static Parameter.Type typeOf(String name, long[] shape) {
    if (name.toLowerCase(Locale.ROOT).endsWith("bias")) {
      return Parameter.Type.BIAS;
    }
    return shape.length > 1 ? Parameter.Type.WEIGHT : Parameter.Type.OTHER;
  }

  /** Takes a parameter away, for instance one that moves elsewhere. */
  protected final void removeParameter(String name) {
    parameters.remove(name);
  }

  /** The array of a parameter on the device of an input. */
  protected static NDArray value(
      ParameterStore store, Parameter parameter, NDArray input, boolean training) {
    Device device = input.getDevice();
    NDArray array = store.getValue(parameter, device, training);
    NDScope.unregister(
        array); // a copy the store has just made belongs to the store, not to a scope
    return array;
  }

  /**
   * Runs a piece of computation and frees what it made on the way, all but the result. What a
   * gradient needs is kept by the engine itself.
   */
  protected static NDArray scoped(Supplier<NDArray> computation) {
    NDArray result;
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      result = computation.get();
      NDScope.unregister(result);
    }
    NDScope.register(result);
    return result;
  }

  @Override
  public void initialize(NDManager manager, DataType dataType, Shape... inputShapes) {
    beforeInitialize(inputShapes);
    for (Parameter parameter : parameters.values()) {
      parameter.initialize(manager, dataType);
    }
    for (Block child : children.values()) {
      if (child instanceof NamedBlock) {
        child.initialize(manager, dataType, inputShapes);
      } else {
        initializeForeign(child, manager, dataType, inputShapes);
      }
    }
  }

  /**
   * Initialises a child that is not a {@link NamedBlock} and wants to know its true input shapes.
   */
  protected void initializeForeign(
      Block child, NDManager manager, DataType dataType, Shape... inputShapes) {
    throw new UnsupportedOperationException(
        getClass().getSimpleName()
            + " does not say which input its child "
            + child.getClass().getSimpleName()
            + " gets");
  }

  @Override
  public boolean isInitialized() {
    return getParameters().stream().allMatch(pair -> pair.getValue().isInitialized());
  }

  @Override
  public BlockList getChildren() {
    BlockList copy = new BlockList(children.size());
    for (Pair<String, Block> child : children) {
      copy.add(child);
    }
    return copy;
  }

  @Override
  public ParameterList getDirectParameters() {
    return new ParameterList(parameters);
  }

  /** Every parameter below this block by its dotted name, in the order of declaration. */
  @Override
  public ParameterList getParameters() {
    ParameterList all = getDirectParameters();
    for (Pair<String, Block> child : children) {
      for (Pair<String, Parameter> parameter : child.getValue().getParameters()) {
        String prefix = child.getKey().isEmpty() ? "" : child.getKey() + ".";
        all.add(prefix + parameter.getKey(), parameter.getValue());
      }
    }
    return all;
  }

  /**
   * {@inheritDoc}
   *
   * @throws UnsupportedOperationException unless the block says otherwise: shapes are found by
   *     running or tracing it
   */
  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    throw new UnsupportedOperationException(
        getClass().getSimpleName() + " states no output shape; run or trace it");
  }
}
