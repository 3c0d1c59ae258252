namespace HpcCr.Linux;

/// <summary>Kinds of namespaces (namespaces(7)); the values are the kernel's CLONE_NEW* flags.</summary>
[Flags]
public enum NamespaceKinds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Mount points.</summary>
    Mount = 0x00020000,

    /// <summary>Host and domain name.</summary>
    Uts = 0x04000000,

    /// <summary>System V IPC and POSIX message queues.</summary>
    Ipc = 0x08000000,

    /// <summary>Process numbers; takes effect for children only.</summary>
    Pid = 0x20000000,
}
