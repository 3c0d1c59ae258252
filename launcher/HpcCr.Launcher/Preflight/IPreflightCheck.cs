namespace HpcCr.Launcher;

/// <summary>One kind of thing that the engine cannot dump, or a restart would not give back. A check changes nothing and finds all of its kind.</summary>
internal interface IPreflightCheck
{
    /// <summary>A word for it.</summary>
    string Name { get; }

    /// <summary>Looks at the job's processes on this node, which run.</summary>
    IEnumerable<PreflightFinding> Look(PreflightTarget target);
}
