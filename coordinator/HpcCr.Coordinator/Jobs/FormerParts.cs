namespace HpcCr.Coordinator;

/// <summary>The parts of a job's earlier lives that may still be alive somewhere; shared by all lives of the job.</summary>
internal sealed class FormerParts
{
    private readonly System.Threading.Lock _gate = new();
    private readonly HashSet<FormerPart> _parts = [];

    /// <summary>All of them now.</summary>
    public IReadOnlyList<FormerPart> All
    {
        get
        {
            lock (_gate)
                return [.. _parts];
        }
    }

    /// <summary>A life of the job is over, or about to be: each part counts until somebody says that it is gone.</summary>
    public void Add(JobSpec spec)
    {
        lock (_gate)
            _parts.UnionWith(spec.Places.Select(place => new FormerPart(place, spec.Incarnation)));
    }

    /// <summary>The newest life that a folder was claimed for; 0: none was.</summary>
    public long NewestClaim { get; private set; }

    /// <summary>A folder was claimed for a life.</summary>
    public void Claimed(long incarnation) => NewestClaim = Math.Max(NewestClaim, incarnation);

    /// <summary>A part that was known already.</summary>
    public void Add(FormerPart part)
    {
        lock (_gate)
            _parts.Add(part);
    }

    /// <summary>It is gone, or can do nothing any more.</summary>
    public void Remove(FormerPart part)
    {
        lock (_gate)
            _parts.Remove(part);
    }
}
