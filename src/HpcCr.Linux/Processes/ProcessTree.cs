namespace HpcCr.Linux;

/// <summary>A process and all that it started, as far as nobody between has ended.</summary>
public static class ProcessTree
{
    /// <summary>The processes of a tree.</summary>
    /// <param name="root">Its root.</param>
    /// <returns>The root first, every parent before its children; complete only while the tree is frozen. Zombies are among them.</returns>
    public static IReadOnlyList<int> Of(int root)
    {
        List<int> found = [root];
        for (var at = 0; at < found.Count; at++)
            found.AddRange(ProcFs.Children(found[at]));
        return found;
    }
}
