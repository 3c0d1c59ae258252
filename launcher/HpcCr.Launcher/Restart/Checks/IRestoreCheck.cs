namespace HpcCr.Launcher;

/// <summary>One thing that a restore needs of a node. A check changes nothing and finds every fault of its kind.</summary>
internal interface IRestoreCheck
{
    /// <summary>A word for it.</summary>
    string Name { get; }

    /// <summary>Looks at this node.</summary>
    RestoreFinding Look(RestoreTarget target);
}
