namespace HpcCr.Criu;

/// <summary>What the engine does about cgroups.</summary>
public enum CgroupMode
{
    /// <summary>Nothing is saved; restored tasks stay in the engine's own cgroup. The launcher's business is the launcher's.</summary>
    Ignore = 0,

    /// <summary>Saved, but nothing made at restore.</summary>
    None = 1,

    /// <summary>Missing cgroups are made, with their properties.</summary>
    Soft = 3,
}
