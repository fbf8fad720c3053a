package maestro.checkpoint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maestro.checkpoint.Pickled.Global;
import maestro.checkpoint.Pickled.Inert;
import maestro.checkpoint.Pickled.Storage;
import maestro.checkpoint.Pickled.Tensor;
import maestro.checkpoint.Pickled.Tuple;

/**
 * The names a PyTorch archive may mention, and what becomes of them. Tensors and ordered
 * dictionaries are built; classes that published archives carry beside their tensors (training
 * callbacks, settings, the modules of a TorchScript archive) become inert objects; everything else
 * is refused. No name ever reaches a class loader.
 */
final class PickleGlobals {
  private static final Map<String, DataType> STORAGES =
      Map.of(
          "DoubleStorage",
          DataType.F64,
          "FloatStorage",
          DataType.F32,
          "HalfStorage",
          DataType.F16,
          "BFloat16Storage",
          DataType.BF16,
          "LongStorage",
          DataType.I64,
          "IntStorage",
          DataType.I32,
          "ShortStorage",
          DataType.I16,
          "CharStorage",
          DataType.I8,
          "ByteStorage",
          DataType.U8,
          "BoolStorage",
          DataType.BOOL);

  /** Packages whose classes are kept as inert objects when they stand beside the tensors. */
  private static final List<String> INERT_PACKAGES =
      List.of("torch", "numpy", "pytorch_lightning", "lightning", "lightning_fabric", "omegaconf");

  private static final Set<String> INERT_NAMES =
      Set.of(
          "argparse.Namespace",
          "pathlib.PosixPath",
          "pathlib.PurePosixPath",
          "typing.Any",
          "_codecs.encode",
          "collections.defaultdict",
          "collections.Counter",
          "builtins.set",
          "builtins.frozenset",
          "builtins.dict",
          "builtins.list",
          "builtins.int",
          "builtins.float",
          "builtins.str",
          "builtins.bool",
          "builtins.complex",
          "builtins.slice",
          "builtins.range",
          "builtins.bytearray");

  private static final String REBUILD_LIST = "torch.jit._pickle.build_";
  private static final String RESTORE_TYPE = "torch.jit._pickle.restore_type_tag";

  private final boolean torchScript;

  /**
   * The names of an archive; TorchScript archives have classes of their own under {@code
   * __torch__}.
   */
  PickleGlobals(boolean torchScript) {
    this.torchScript = torchScript;
  }

  Global find(String module, String name) throws PickleException {
    Global global = new Global(module.equals("__builtin__") ? "builtins" : module, name);
    String full = global.module() + "." + name;
    if (full.equals("collections.OrderedDict")
        || INERT_NAMES.contains(full)
        || INERT_PACKAGES.stream().anyMatch(within -> isWithin(module, within))
        || torchScript && isWithin(module, "__torch__")) {
      return global;
    }
    throw new PickleException("it mentions " + global + ", which is no part of a file of weights");
  }

  /** What calling a name with arguments gives. */
  Object apply(Global function, Tuple arguments) throws PickleException {
    String full = function.module() + "." + function.name();
    switch (full) {
      case "collections.OrderedDict":
        if (arguments.size() != 0) {
          throw new PickleException("it has an ordered dictionary of a form that is not read");
        }
        return new LinkedHashMap<Object, Object>();
      case "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor":
        return tensor(arguments);
      case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state":
        if (arguments.size() > 0 && arguments.get(0) instanceof Tensor tensor) {
          return tensor;
        }
        throw new PickleException("it has a parameter without a tensor");
      case "torch._utils._rebuild_tensor_v3":
        // The numbers' type is the seventh argument: those that came after typed storages, 8 bits.
        throw new PickleException(
            "it has tensors of the type "
                + (arguments.size() > 6 ? arguments.get(6) : function)
                + ", which is not read",
            CheckpointException.WIDER);
      case "torch._utils._rebuild_qtensor":
        throw new PickleException(
            "it has quantised tensors, which are not read", CheckpointException.WIDER);
      case "torch._tensor._rebuild_from_type_v2":
        throw new PickleException("it has tensors of a type that is not read (" + function + ")");
      case "torch.Size":
        return arguments.size() == 1 ? arguments.get(0) : arguments;
      default:
        if ((full.startsWith(REBUILD_LIST) || full.equals(RESTORE_TYPE)) && arguments.size() > 0) {
          return arguments.get(0);
        }
        return new Inert(function);
    }
  }

  /**
   * The storage a persistent id names: {@code ('storage', type, key, device, number of elements)}.
   */
  Storage storage(Object id) throws PickleException {
    if (id instanceof Tuple tuple
        && tuple.size() >= 5
        && "storage".equals(tuple.get(0))
        && tuple.get(1) instanceof Global type
        && tuple.get(2) instanceof String key
        && tuple.get(4) instanceof Long elements
        && elements >= 0) {
      if (type.name().equals("UntypedStorage")) {
        return new Storage(key, DataType.U8, elements); // its tensor says what its bytes are
      }
      DataType dataType = STORAGES.get(type.name());
      if (!type.module().equals("torch") || dataType == null) {
        throw new PickleException(
            "it has numbers of type " + type + ", which are not read", CheckpointException.WIDER);
      }
      return new Storage(key, dataType, elements);
    }
    throw new PickleException("it refers to something outside that is no storage");
  }

  private static Tensor tensor(Tuple arguments) throws PickleException {
    if (arguments.size() >= 4
        && arguments.get(0) instanceof Storage storage
        && arguments.get(1) instanceof Long offset) {
      return new Tensor(storage, offset, longs(arguments.get(2)), longs(arguments.get(3)));
    }
    throw new PickleException("it has a tensor whose description is damaged");
  }

  private static long[] longs(Object value) throws PickleException {
    if (!(value instanceof Tuple tuple) || tuple.size() > 32) {
      throw new PickleException("it has a tensor whose shape is damaged");
    }
    long[] numbers = new long[tuple.size()];
    for (int i = 0; i < numbers.length; i++) {
      if (!(tuple.get(i) instanceof Long number)) {
        throw new PickleException("it has a tensor whose shape is damaged");
      }
      numbers[i] = number;
    }
    return numbers;
  }

  private static boolean isWithin(String module, String root) {
    return module.startsWith(root)
        && (module.length() == root.length() || module.charAt(root.length()) == '.');
  }
}
