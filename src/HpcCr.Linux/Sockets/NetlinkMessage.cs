namespace HpcCr.Linux;

/// <summary>What a netlink message header (struct nlmsghdr) says, and where its payload lies.</summary>
internal readonly ref struct NetlinkMessage
{
    internal const int HeaderBytes = 16;
    internal const ushort Error = 2;
    internal const ushort Done = 3;
    internal const ushort FlagRequest = 0x01;
    internal const ushort FlagMulti = 0x02;
    internal const ushort FlagAck = 0x04;
    internal const ushort FlagDumpInterrupted = 0x10;
    internal const ushort FlagDump = 0x300;

    internal NetlinkMessage(ushort type, ushort flags, ReadOnlySpan<byte> payload)
    {
        Type = type;
        Flags = flags;
        Payload = payload;
    }

    internal ushort Type { get; }

    internal ushort Flags { get; }

    internal ReadOnlySpan<byte> Payload { get; }

    /// <summary>The error number (positive) of an Error or Done message; 0 for success.</summary>
    internal int ErrorNumber => Payload.Length < 4 ? 0 : -BitConverter.ToInt32(Payload);
}
