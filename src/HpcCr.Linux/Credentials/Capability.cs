namespace HpcCr.Linux;

/// <summary>Capabilities that this system needs or asks about (capabilities(7)); the values are the kernel's.</summary>
public enum Capability
{
    /// <summary>Changes owners of files.</summary>
    ChangeOwner = 0,

    /// <summary>Overrides file permissions.</summary>
    DacOverride = 1,

    /// <summary>Signals anybody's processes.</summary>
    Kill = 5,

    /// <summary>Changes groups.</summary>
    SetGid = 6,

    /// <summary>Changes users.</summary>
    SetUid = 7,

    /// <summary>Configures the network: nftables, sock_diag destroy, TCP_REPAIR.</summary>
    NetAdmin = 12,

    /// <summary>Traces anybody's processes.</summary>
    SysPtrace = 19,

    /// <summary>Mounts, namespaces and much more.</summary>
    SysAdmin = 21,

    /// <summary>Raises hard resource limits.</summary>
    SysResource = 24,

    /// <summary>Checkpoints and restores: picks pids, reads map_files.</summary>
    CheckpointRestore = 40,
}
