using System.Net;

namespace HpcCr.Core;

/// <summary>
/// Works out what moved sandboxes go on seeing. An address means the sandbox that had it first: that is what the job remembers,
/// also when two sandboxes have changed places since.
/// </summary>
internal sealed class ViewMaker
{
    private readonly List<(IPAddress Seen, IPAddress Real, int Sandbox)> _meanings = [];

    /// <param name="generations">What the sandboxes had, oldest first, the epoch's last.</param>
    /// <param name="now">What each of them has now.</param>
    public ViewMaker(IEnumerable<AddressGeneration> generations, List<List<IPAddress>> now)
    {
        var known = new HashSet<IPAddress>();
        foreach (var generation in generations)
        {
            for (var sandbox = 0; sandbox < now.Count; sandbox++)
            {
                foreach (var (seen, real) in AddressPairs.Of(generation.OfSandboxes[sandbox].Select(IPAddress.Parse), now[sandbox]))
                {
                    if (known.Add(seen))
                        _meanings.Add((seen, real, sandbox));
                }
            }
        }
    }

    /// <summary>The view of one sandbox.</summary>
    public AddressView Of(int sandbox)
    {
        var own = _meanings.Where(m => m.Sandbox == sandbox).ToList();
        // Of two sandboxes on one node, it is the other one that is on the other end.
        var peers = _meanings.Where(m => m.Sandbox != sandbox).Concat(own);
        return new AddressView
        {
            Outgoing = Changes(_meanings.Select(m => (m.Seen, m.Real))),
            Binding = Changes(own.Select(m => (m.Seen, m.Real))),
            Peers = Changes(peers.DistinctBy(m => m.Real).Select(m => (m.Real, m.Seen))),
            Own = Changes(own.DistinctBy(m => m.Real).Select(m => (m.Real, m.Seen))),
        };
    }

    private static List<AddressChange> Changes(IEnumerable<(IPAddress From, IPAddress To)> pairs) =>
        [.. pairs.Where(p => !p.From.Equals(p.To)).Select(p => new AddressChange(p.From.ToString(), p.To.ToString()))];
}
