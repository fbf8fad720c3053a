package maestro.checkpoint;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.checkpoint.Pickled.Global;
import maestro.checkpoint.Pickled.Inert;
import maestro.checkpoint.Pickled.Key;
import maestro.checkpoint.Pickled.Tuple;

/**
 * Interprets the part of the pickle language that files of weights use, and builds plain
 * containers, numbers, text and descriptions of tensors. It calls nothing: what a name stands for
 * is decided by {@link PickleGlobals}. Work and memory are bounded by the length of the pickle, and
 * by a number of instructions far beyond what a file of weights has, as one byte can make a
 * container of 60.
 *
 * <p>Source: the opcode table of Python's {@code pickletools}, protocols 0 to 5.
 */
final class PickleReader {
  static final byte PROTO = (byte) 0x80;

  /** A model of ten thousand tensors, with the state of its optimiser, has under a million. */
  static final int MOST_INSTRUCTIONS = 2_000_000;

  private static final Object MARK = new Object();

  private final ByteBuffer in;
  private final PickleGlobals globals;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();

  PickleReader(ByteBuffer in, PickleGlobals globals) {
    this.in = in.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    this.globals = globals;
  }

  /** The object of the pickle. */
  Object read() throws PickleException {
    for (int i = 0; i < MOST_INSTRUCTIONS; i++) {
      int code = take(1).get() & 0xff;
      if (code == '.') {
        return pop();
      }
      step(code);
    }
    throw new PickleException(
        "it has more than " + MOST_INSTRUCTIONS + " instructions, too many for a file of weights");
  }

  private void step(int code) throws PickleException {
    switch (code) {
      case 0x80 -> take(1);
      case 0x95 -> take(8);
      case '(' -> stack.add(MARK);
      case '0' -> pop();
      case '1' -> popToMark();
      case 'N' -> stack.add(null);
      case 0x88 -> stack.add(true);
      case 0x89 -> stack.add(false);
      case 'J' -> stack.add((long) take(4).getInt());
      case 'K' -> stack.add(take(1).get() & 0xffL);
      case 'M' -> stack.add(take(2).getShort() & 0xffffL);
      case 0x8a -> stack.add(integer(take(1).get() & 0xff));
      case 'G' -> stack.add(take(8).order(ByteOrder.BIG_ENDIAN).getDouble());
      case 'U' -> stack.add(text(take(1).get() & 0xff));
      case 'T', 'X' -> stack.add(text(length32()));
      case 0x8c -> stack.add(text(take(1).get() & 0xff));
      case 0x8d -> stack.add(text(length64()));
      case 'C' -> stack.add(bytes(take(1).get() & 0xff));
      case 'B' -> stack.add(bytes(length32()));
      case 0x8e, 0x96 -> stack.add(bytes(length64()));
      case ']' -> stack.add(new ArrayList<>());
      case 'l' -> stack.add(popToMark());
      case 'a' -> {
        Object item = pop();
        list().add(item);
      }
      case 'e' -> {
        List<Object> items = popToMark();
        list().addAll(items);
      }
      case ')' -> stack.add(new Tuple(List.of()));
      case 't' -> stack.add(new Tuple(Collections.unmodifiableList(popToMark())));
      case 0x85 -> stack.add(tuple(1));
      case 0x86 -> stack.add(tuple(2));
      case 0x87 -> stack.add(tuple(3));
      case '}' -> stack.add(new LinkedHashMap<>());
      case 'd' -> {
        List<Object> items = popToMark();
        stack.add(new LinkedHashMap<>());
        putAll(items);
      }
      case 's' -> {
        Object value = pop();
        Object key = pop();
        dictionary().put(key(key), value);
      }
      case 'u' -> putAll(popToMark());
      case 0x8f -> stack.add(new ArrayList<>());
      case 0x90 -> {
        List<Object> items = popToMark();
        list().addAll(items);
      }
      case 0x91 -> stack.add(popToMark());
      case 'c' -> stack.add(globals.find(line(), line()));
      case 0x93 -> {
        String name = string(pop());
        stack.add(globals.find(string(pop()), name));
      }
      case 'R' -> reduce();
      case 0x81 -> newObject();
      case 'b' -> build();
      case 'Q' -> stack.add(globals.storage(pop()));
      case 'h' -> stack.add(recall(take(1).get() & 0xffL));
      case 'j' -> stack.add(recall(take(4).getInt() & 0xffffffffL));
      case 'q' -> memo.put(take(1).get() & 0xffL, top());
      case 'r' -> memo.put(take(4).getInt() & 0xffffffffL, top());
      case 0x94 -> memo.put((long) memo.size(), top());
      default ->
          throw new PickleException(
              String.format(
                  "it has the instruction 0x%02x, which is no part of a file of weights", code));
    }
  }

  private void reduce() throws PickleException {
    Object arguments = pop();
    Object function = pop();
    if (!(function instanceof Global global) || !(arguments instanceof Tuple tuple)) {
      throw new PickleException("it calls something that is no function");
    }
    stack.add(globals.apply(global, tuple));
  }

  private void newObject() throws PickleException {
    Object arguments = pop();
    Object type = pop();
    if (!(type instanceof Global global) || !(arguments instanceof Tuple)) {
      throw new PickleException("it makes an object of something that is no class");
    }
    stack.add(new Inert(global));
  }

  /** Gives an object its attributes; what a dictionary has beside its entries is not needed. */
  private void build() throws PickleException {
    Object state = pop();
    Object target = top();
    if (target instanceof Inert object) {
      object.setState(state);
    } else if (!(target instanceof Map)) {
      throw new PickleException("it gives attributes to something that has none");
    }
  }

  private void putAll(List<Object> items) throws PickleException {
    Map<Object, Object> target = dictionary();
    if (items.size() % 2 != 0) {
      throw new PickleException("it has a key without a value");
    }
    for (int i = 0; i < items.size(); i += 2) {
      target.put(key(items.get(i)), items.get(i + 1));
    }
  }

  private static Object key(Object key) {
    return key instanceof String || key instanceof Long || key instanceof Boolean
        ? key
        : new Key(key);
  }

  private Tuple tuple(int size) throws PickleException {
    Object[] items = new Object[size];
    for (int i = size - 1; i >= 0; i--) {
      items[i] = pop();
    }
    return new Tuple(Collections.unmodifiableList(Arrays.asList(items)));
  }

  @SuppressWarnings("unchecked")
  private List<Object> list() throws PickleException {
    if (top() instanceof ArrayList<?> list) {
      return (List<Object>) list;
    }
    if (top() instanceof Inert) {
      return new ArrayList<>();
    }
    throw new PickleException("it appends to something that is no list");
  }

  @SuppressWarnings("unchecked")
  private Map<Object, Object> dictionary() throws PickleException {
    if (top() instanceof LinkedHashMap<?, ?> map) {
      return (Map<Object, Object>) map;
    }
    if (top() instanceof Inert) {
      return new LinkedHashMap<>();
    }
    throw new PickleException("it puts an entry into something that is no dictionary");
  }

  private Object pop() throws PickleException {
    Object value = top();
    stack.remove(stack.size() - 1);
    return value;
  }

  private Object top() throws PickleException {
    if (stack.isEmpty() || stack.get(stack.size() - 1) == MARK) {
      throw new PickleException("it takes more than was given");
    }
    return stack.get(stack.size() - 1);
  }

  private List<Object> popToMark() throws PickleException {
    for (int i = stack.size() - 1; i >= 0; i--) {
      if (stack.get(i) == MARK) {
        List<Object> above = stack.subList(i + 1, stack.size());
        List<Object> items = new ArrayList<>(above);
        above.clear();
        stack.remove(i);
        return items;
      }
    }
    throw new PickleException("it takes more than was given");
  }

  private Object recall(long index) throws PickleException {
    Object value = memo.get(index);
    if (value == null && !memo.containsKey(index)) {
      throw new PickleException("it refers to something it has not made");
    }
    return value;
  }

  private Object integer(int length) throws PickleException {
    byte[] bytes = bytes(length);
    if (length == 0) {
      return 0L;
    }
    for (int i = 0, j = length - 1; i < j; i++, j--) {
      byte swap = bytes[i];
      bytes[i] = bytes[j];
      bytes[j] = swap;
    }
    BigInteger value = new BigInteger(bytes);
    if (value.bitLength() < 64) {
      return value.longValue();
    }
    return value;
  }

  private String text(int length) throws PickleException {
    return new String(bytes(length), StandardCharsets.UTF_8);
  }

  private String line() throws PickleException {
    int start = in.position();
    while (take(1).get() != '\n') {
      if (in.position() - start > 1024) {
        throw new PickleException("it has a name without an end");
      }
    }
    byte[] bytes = new byte[in.position() - start - 1];
    in.get(start, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String string(Object value) throws PickleException {
    if (value instanceof String text) {
      return text;
    }
    throw new PickleException("it has a name that is no text");
  }

  private byte[] bytes(int length) throws PickleException {
    byte[] bytes = new byte[take(length).remaining()];
    in.get(in.position() - length, bytes);
    return bytes;
  }

  private int length32() throws PickleException {
    return checkedLength(take(4).getInt() & 0xffffffffL);
  }

  private int length64() throws PickleException {
    return checkedLength(take(8).getLong());
  }

  private int checkedLength(long length) throws PickleException {
    if (length < 0 || length > in.remaining()) {
      throw new PickleException("it is cut off");
    }
    return (int) length;
  }

  /** The next bytes as a little-endian buffer of their own; the input moves past them. */
  private ByteBuffer take(int length) throws PickleException {
    checkedLength(length);
    ByteBuffer taken = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + length);
    return taken;
  }
}
