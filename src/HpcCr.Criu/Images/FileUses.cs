namespace HpcCr.Criu.Images;

/// <summary>What the tasks of a dump have a file for.</summary>
[Flags]
public enum FileUses
{
    /// <summary>Nothing that these images tell.</summary>
    None = 0,

    /// <summary>Open under a descriptor.</summary>
    Descriptor = 1,

    /// <summary>Mapped.</summary>
    Mapping = 2,

    /// <summary>A task's program.</summary>
    Executable = 4,

    /// <summary>A task's working folder.</summary>
    WorkingFolder = 8,

    /// <summary>A task's root folder.</summary>
    RootFolder = 16,
}
