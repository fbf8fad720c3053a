package maestro.tensor.torchscript;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Bfloat16Test {
  private static String cpuInfo(String flags) {
    return "processor\t: 0\nmodel name\t: One\nflags\t\t: fpu " + flags + " sse\nbugs\t\t:\n";
  }

  @Test
  void processorsThatHaveItAreKnown() {
    assertThat(Bfloat16.ofProcessor(cpuInfo("avx512_bf16 amx_bf16 amx_tile"))).isEqualTo("AMX");
    assertThat(Bfloat16.ofProcessor(cpuInfo("avx512f avx512_bf16"))).isEqualTo("AVX-512");
    assertThat(Bfloat16.ofProcessor(cpuInfo("avx512f avx512_vnni"))).isEmpty();
    assertThat(Bfloat16.ofProcessor("")).isEmpty();
  }

  @Test
  void anInstructionSetBelowItIsNotFast() {
    assertThat(Bfloat16.allowed("AVX512_CORE")).isFalse();
    assertThat(Bfloat16.allowed("sse41")).isFalse();
    assertThat(Bfloat16.allowed("AVX512_CORE_BF16")).isTrue();
    assertThat(Bfloat16.allowed("")).isTrue();
  }
}
