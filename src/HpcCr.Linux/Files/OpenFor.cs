namespace HpcCr.Linux;

/// <summary>How to open a file (open(2)); the values are the kernel's on x86-64 and arm64.</summary>
[Flags]
public enum OpenFor
{
    /// <summary>For reading.</summary>
    ReadOnly = 0,

    /// <summary>For writing.</summary>
    WriteOnly = 0x1,

    /// <summary>For both.</summary>
    ReadWrite = 0x2,

    /// <summary>Made if it does not exist.</summary>
    Create = 0x40,

    /// <summary>An error if it exists (with <see cref="Create"/>).</summary>
    Exclusive = 0x80,

    /// <summary>A terminal does not become the session's.</summary>
    NoControllingTerminal = 0x100,

    /// <summary>Emptied first.</summary>
    Truncate = 0x200,

    /// <summary>Nobody is waited for: no writer or reader of a pipe, no holder of a lease.</summary>
    NonBlocking = 0x800,

    /// <summary>Every write goes to the end.</summary>
    Append = 0x400,
}
