namespace HpcCr.Coordinator;

/// <summary>Which trees of an attached job have ended. Nobody started them together, so none of them ends the job: the last one does.</summary>
/// <param name="spec">The job.</param>
internal sealed class TreeEnds(JobSpec spec)
{
    private readonly System.Threading.Lock _gate = new();
    private readonly Dictionary<string, int> _codes = [];

    /// <summary>A tree has ended.</summary>
    /// <param name="node">Its node.</param>
    /// <param name="exitCode">The exit code of its root.</param>
    /// <returns>The job's exit code, which is that of the head's tree, once all have ended; else null.</returns>
    public int? Add(string node, int exitCode)
    {
        lock (_gate)
        {
            _codes[node] = exitCode;
            return spec.Nodes.All(_codes.ContainsKey) ? _codes[spec.Head] : null;
        }
    }
}
