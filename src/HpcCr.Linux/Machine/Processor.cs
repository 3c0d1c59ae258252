using System.Runtime.Intrinsics.X86;

namespace HpcCr.Linux;

/// <summary>What the processors of this machine can do.</summary>
public static class Processor
{
    private const int XsaveLeaf = 0xD;

    // What a compiler or library chooses instructions by; the rest of /proc/cpuinfo is the kernel's own business.
    private static readonly HashSet<string> InstructionSets =
    [
        "3dnow", "3dnowext", "3dnowprefetch", "abm", "adx", "aes", "amx_bf16", "amx_int8", "amx_tile", "avx", "avx2", "avx512_4fmaps",
        "avx512_4vnniw", "avx512_bf16", "avx512_bitalg", "avx512_fp16", "avx512_vbmi2", "avx512_vnni", "avx512_vpopcntdq", "avx512bw",
        "avx512cd", "avx512dq", "avx512er", "avx512f", "avx512ifma", "avx512pf", "avx512vbmi", "avx512vl", "avx_vnni", "bmi1", "bmi2",
        "cldemote", "clflush", "clflushopt", "clwb", "clzero", "cmov", "cx16", "cx8", "erms", "f16c", "fma", "fma4", "fsgsbase", "fxsr",
        "gfni", "hle", "lahf_lm", "misalignsse", "mmx", "mmxext", "movbe", "movdir64b", "movdiri", "ospke", "pclmulqdq", "pni", "popcnt",
        "rdpid", "rdrand", "rdseed", "rdtscp", "rtm", "serialize", "sha_ni", "sse", "sse2", "sse4_1", "sse4_2", "sse4a", "ssse3", "tbm",
        "tsc", "vaes", "vpclmulqdq", "waitpkg", "xgetbv1", "xop", "xsave", "xsavec", "xsaveopt", "xsaves",
    ];

    /// <summary>The instruction sets that programs may use, as the first lines of /proc/cpuinfo name them, in order.</summary>
    public static IReadOnlyList<string> Flags() =>
        [.. (File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("flags", StringComparison.Ordinal)) ?? "")
            .Split([' ', ':', '\t'], StringSplitOptions.RemoveEmptyEntries).Where(InstructionSets.Contains).Order(StringComparer.Ordinal)];

    /// <summary>
    /// The bytes of a thread's registers as XSAVE stores them, with all that the kernel has switched on. The C library reads it once at
    /// a program's start and sets that much aside for ever.
    /// </summary>
    /// <returns>0 on processors without XSAVE.</returns>
    public static int XsaveBytes() =>
        X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= XsaveLeaf ? X86Base.CpuId(XsaveLeaf, 0).Ebx : 0;
}
