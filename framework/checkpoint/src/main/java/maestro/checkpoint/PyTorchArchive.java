package maestro.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import maestro.checkpoint.Pickled.Inert;
import maestro.checkpoint.Pickled.Storage;
import maestro.checkpoint.Pickled.Tensor;

/**
 * A zip archive written by {@code torch.save} or {@code torch.jit.save}: {@code NAME/data.pkl}
 * describes the objects, {@code NAME/data/KEY} holds the numbers of one storage. Nothing in it is
 * run.
 *
 * <p>Source: pytorch/pytorch, torch/serialization.py and torch/csrc/jit/serialization/pickler.h.
 */
final class PyTorchArchive {
  /**
   * Entries of a training checkpoint that hold its weights, in the order in which they are looked
   * for.
   */
  private static final List<String> CONTAINERS =
      List.of("state_dict", "model_state_dict", "model", "generator", "net", "weights");

  /** Entries that hold a running average of those. */
  private static final List<String> AVERAGES =
      List.of(
          "ema",
          "ema_model",
          "model_ema",
          "ema_state_dict",
          "state_dict_ema",
          "model_ema_state_dict",
          "ema_model_state_dict",
          "generator_ema",
          "g_ema",
          "params_ema",
          "ema_params",
          "averaged_model");

  private static final int MAX_PICKLE = 64 << 20;
  private static final int MAX_DEPTH = 64;

  private final MappedFile file;
  private final ZipDirectory zip;
  private final String folder;
  private final Map<String, Weight> weights = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, Long> storageOffsets = new LinkedHashMap<>();
  private long budget;

  private PyTorchArchive(MappedFile file) {
    this.file = file;
    this.zip = new ZipDirectory(file);
    this.folder = folder();
  }

  static Checkpoint read(MappedFile file) {
    PyTorchArchive archive = new PyTorchArchive(file);
    archive.readObjects();
    return new Checkpoint(file, archive.weights, archive.metadata);
  }

  private String folder() {
    String found = null;
    for (String name : zip.entries().keySet()) {
      if (name.endsWith("/data.pkl") && name.indexOf('/') == name.length() - "/data.pkl".length()) {
        expect(found == null, "it holds two archives in one");
        found = name.substring(0, name.length() - "data.pkl".length());
      }
    }
    if (found == null) {
      throw new CheckpointException(
          CheckpointException.label(file.file()),
          "this zip file was not written by PyTorch, it has no data.pkl but " + content(),
          zip.entries().keySet().stream().allMatch(name -> name.endsWith(".npy"))
              ? "save these arrays of NumPy as safetensors"
              : "unpack it and give the file of weights itself");
    }
    return found;
  }

  /** What is in an archive, for people. */
  private String content() {
    int count = zip.entries().size();
    return count
        + (count == 1 ? " file (" : " files (")
        + zip.entries().keySet().stream()
            .limit(3)
            .map(CheckpointException::quote)
            .collect(Collectors.joining(", "))
        + (count > 3 ? ", …)" : ")");
  }

  private void readObjects() {
    ZipDirectory.Entry order = zip.entries().get(folder + "byteorder");
    expect(
        order == null || order.size() == 6 && "little".equals(text(zip.bytes(order))),
        "its numbers are big-endian, which is not read");
    ZipDirectory.Entry entry = zip.entries().get(folder + "data.pkl");
    expect(
        entry.size() <= MAX_PICKLE,
        "its description has " + entry.size() + " bytes, the limit is " + MAX_PICKLE);
    boolean torchScript = zip.entries().containsKey(folder + "constants.pkl");
    budget = 65_536 + 8 * entry.size();
    try {
      Object root = new PickleReader(zip.bytes(entry), new PickleGlobals(torchScript)).read();
      if (torchScript && root instanceof Inert module) {
        collect("", module.state(), 0, true);
      } else {
        collectState(root);
      }
    } catch (PickleException e) {
      throw new CheckpointException(
          CheckpointException.label(file.file()), e.getMessage(), e.next(), e);
    }
    expect(!weights.isEmpty(), "it holds no tensors");
  }

  /** The weights of a state dict, which may stand inside a training checkpoint. */
  private void collectState(Object root) throws PickleException {
    if (root instanceof Inert object) {
      throw new CheckpointException(
          CheckpointException.label(file.file()),
          "it holds a whole Python object " + object.type() + " instead of tensors by name",
          "load it in a trusted Python and save its state_dict()");
    }
    if (root instanceof Tensor tensor) {
      add("tensor", tensor);
      return;
    }
    if (!(root instanceof Map<?, ?> map)) {
      throw new PickleException("it holds neither tensors by name nor a training checkpoint");
    }
    map.forEach(this::describe);
    boolean averages = AVERAGES.stream().anyMatch(name -> map.get(name) instanceof Map<?, ?>);
    if (!averages && map.values().stream().noneMatch(Tensor.class::isInstance)) {
      for (String container : CONTAINERS) {
        if (map.get(container) instanceof Map<?, ?> state) {
          collect("", state, 0, false);
          if (!weights.isEmpty()) {
            return;
          }
        }
      }
    }
    collect("", map, 0, false);
  }

  private void collect(String prefix, Object value, int depth, boolean intoObjects)
      throws PickleException {
    if (value instanceof Inert object && intoObjects) {
      collect(prefix, object.state(), depth, true);
      return;
    }
    if (!(value instanceof Map<?, ?> map)) {
      return;
    }
    if (depth > MAX_DEPTH) {
      throw new PickleException("it is nested deeper than " + MAX_DEPTH + " levels");
    }
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getKey() instanceof String || entry.getKey() instanceof Long)) {
        continue;
      }
      String key = entry.getKey().toString();
      spend(1 + (long) prefix.length() + key.length());
      if (entry.getValue() instanceof Tensor tensor) {
        add(prefix + key, tensor);
      } else if (entry.getValue() instanceof Map || entry.getValue() instanceof Inert) {
        collect(prefix + key + ".", entry.getValue(), depth + 1, intoObjects);
      }
    }
  }

  /**
   * Names may be made of shared parts, so that a small file could describe a huge tree; this ends
   * it.
   */
  private void spend(long characters) throws PickleException {
    budget -= characters;
    if (budget < 0) {
      throw new PickleException("it describes far more names than it has bytes");
    }
  }

  private void describe(Object key, Object value) {
    if (key instanceof String name
        && name.length() <= 64
        && (value instanceof Long
            || value instanceof Double
            || value instanceof Boolean
            || value instanceof String text && text.length() <= 256)) {
      metadata.put(name, value.toString());
    }
  }

  private void add(String name, Tensor tensor) throws PickleException {
    String label = "tensor " + CheckpointException.quote(name);
    Storage storage = tensor.storage();
    ZipDirectory.Entry entry = zip.entries().get(folder + "data/" + storage.key());
    expect(entry != null, label + " has no numbers in the archive");
    int bytes = storage.dataType().bytes();
    expect(storage.elements() <= entry.size() / bytes, label + " is cut off");
    StridedView view;
    try {
      view = new StridedView(tensor.offset(), tensor.shape(), tensor.strides());
      expect(view.fits(storage.elements()), label + " reaches outside its numbers");
    } catch (ArithmeticException e) {
      throw CheckpointException.damaged(file.file(), label + " has an impossible shape", e);
    }
    expect(
        view.elements() <= Math.min(Integer.MAX_VALUE, file.size()) / bytes,
        label + " is larger than the file it stands in");
    weights.put(name, weight(name, storage, entry, view));
  }

  private Weight weight(String name, Storage storage, ZipDirectory.Entry entry, StridedView view) {
    if (entry.stored()) {
      long offset = storageOffsets.computeIfAbsent(storage.key(), key -> zip.dataOffset(entry));
      if (view.contiguous()) {
        long start =
            view.elements() == 0 ? offset : offset + view.offset() * storage.dataType().bytes();
        return new MappedWeight(name, storage.dataType(), view.shape(), file, start);
      }
    }
    expect(
        entry.size() <= Integer.MAX_VALUE,
        "tensor "
            + CheckpointException.quote(name)
            + " is a part of more than 2 GiB that cannot be used as it lies");
    return new ComputedWeight(
        name,
        storage.dataType(),
        view.shape(),
        () -> view.gather(zip.bytes(entry), storage.dataType().bytes()));
  }

  private static String text(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.order(ByteOrder.LITTLE_ENDIAN).get(copy);
    return new String(copy, StandardCharsets.UTF_8);
  }

  private void expect(boolean holds, String otherwise) {
    if (!holds) {
      throw CheckpointException.damaged(file.file(), otherwise);
    }
  }
}
