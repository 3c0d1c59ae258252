using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using HpcCr.Core;

namespace HpcCr.Linux;

/// <summary>
/// The kernel's instructions (bpf(2)) that put one address in place of another in a <c>struct bpf_sock_addr</c>: a comparison per address, no
/// loop, no memory. Whatever it does not know it lets pass unchanged.
/// </summary>
internal static class AddressProgram
{
    private const byte MoveRegister = 0xbf;
    private const byte MoveNumber = 0xb7;
    private const byte MoveNumber32 = 0xb4;
    private const byte Load32 = 0x61;
    private const byte Store32 = 0x63;
    private const byte JumpIfOther32 = 0x56;
    private const byte Exit = 0x95;

    private const byte Result = 0;
    private const byte Context = 1;
    private const byte FirstWord = 2;
    private const byte Saved = 6;
    private const byte Scratch = 7;
    private const int InstructionBytes = 8;

    // struct bpf_sock_addr: user_family, user_ip4, user_ip6[4].
    private const short Ip4 = 4;
    private const short Ip6 = 8;

    /// <summary>The instructions for the IPv4 hooks.</summary>
    public static byte[] ForIp4(IEnumerable<AddressChange> changes) => Build(Ip4, Parse(changes)
        .Where(c => c.From.AddressFamily == AddressFamily.InterNetwork)
        .Select(c => (Words(c.From), Words(c.To))), 1);

    /// <summary>The instructions for the IPv6 hooks; IPv4 addresses reach them v4-mapped.</summary>
    public static byte[] ForIp6(IEnumerable<AddressChange> changes) => Build(Ip6, Parse(changes)
        .Select(c => (Words(c.From.MapToIPv6()), Words(c.To.MapToIPv6()))), 4);

    private static IEnumerable<(IPAddress From, IPAddress To)> Parse(IEnumerable<AddressChange> changes) =>
        changes.Select(c => (IPAddress.Parse(c.From), IPAddress.Parse(c.To)));

    private static byte[] Build(short offset, IEnumerable<(int[] From, int[] To)> changes, int words)
    {
        var code = new MemoryStream();
        Emit(code, MoveRegister, Saved, Context);
        for (var i = 0; i < words; i++)
            Emit(code, Load32, (byte)(FirstWord + i), Saved, (short)(offset + (4 * i)));
        foreach (var (from, to) in changes)
        {
            // A word that differs leads past the two instructions that write each word, and the two that end the program.
            for (var i = 0; i < words; i++)
                Emit(code, JumpIfOther32, (byte)(FirstWord + i), 0, (short)((words - 1 - i) + (2 * words) + 2), from[i]);
            for (var i = 0; i < words; i++)
            {
                Emit(code, MoveNumber32, Scratch, 0, 0, to[i]);
                Emit(code, Store32, Saved, Scratch, (short)(offset + (4 * i)));
            }

            Pass(code);
        }

        Pass(code);
        return code.ToArray();
    }

    private static void Pass(MemoryStream code)
    {
        Emit(code, MoveNumber, Result, 0, 0, 1);
        Emit(code, Exit, 0, 0);
    }

    private static void Emit(MemoryStream code, byte operation, byte destination, byte source, short offset = 0, int number = 0)
    {
        Span<byte> bytes = stackalloc byte[InstructionBytes];
        bytes[0] = operation;
        bytes[1] = (byte)((source << 4) | destination);
        BinaryPrimitives.WriteInt16LittleEndian(bytes[2..], offset);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], number);
        code.Write(bytes);
    }

    // As they lie in memory: the kernel keeps addresses in network order and the program reads them as they are.
    private static int[] Words(IPAddress address) =>
        [.. address.GetAddressBytes().Chunk(4).Select(word => BinaryPrimitives.ReadInt32LittleEndian(word))];
}
