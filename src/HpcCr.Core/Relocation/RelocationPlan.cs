using System.Net;

namespace HpcCr.Core;

/// <summary>Where the sandboxes of an epoch go, and what changes for each.</summary>
/// <param name="Spec">The job as it will run.</param>
/// <param name="Sandboxes">One per sandbox, in the order of <see cref="JobSpec.Nodes"/>.</param>
/// <param name="Faults">Why it cannot be so, one sentence each.</param>
public sealed record RelocationPlan(JobSpec Spec, IReadOnlyList<SandboxRelocation> Sandboxes, IReadOnlyList<string> Faults)
{
    /// <summary>Works it out; nothing is asked of any node.</summary>
    /// <param name="manifest">The epoch.</param>
    /// <param name="hosts">The node of each sandbox.</param>
    /// <param name="addressesOf">The addresses that a node has now.</param>
    public static RelocationPlan Make(Manifest manifest, IReadOnlyList<string> hosts, Func<string, IReadOnlyList<string>> addressesOf)
    {
        var cut = new AddressGeneration([.. manifest.Nodes.Select(n => n.Addresses)]);
        var now = hosts.Select(host => Parse(addressesOf(host))).ToList();
        var moves = manifest.Nodes.Select((node, i) => AddressPairs.Of(Parse(node.Addresses), now[i])).ToList();
        var views = new ViewMaker([.. manifest.Spec.PastAddresses, cut], now);
        var places = manifest.Spec.Nodes.Zip(hosts, (sandbox, node) => new Place(sandbox, node)).ToList();
        var outside = new OutsideConnections(manifest, places, moves);
        var ends = new ConnectionMover(manifest.Nodes, moves, outside);
        var sandboxes = places.Select((place, i) => new SandboxRelocation(
            place, Changes(moves[i]), Changes(ends.PeersOf(i)), ends.ChangesOf(i), views.Of(i))
        {
            Ended = outside.EndedOf(i),
        }).ToList();
        var spec = manifest.Spec with
        {
            Hosts = hosts.SequenceEqual(manifest.Spec.Nodes) ? [] : hosts,
            PastAddresses = sandboxes.All(s => s.IsInPlace) || manifest.Spec.PastAddresses.Any(past => IsSame(past, cut))
                ? manifest.Spec.PastAddresses
                : [.. manifest.Spec.PastAddresses, cut],
        };
        return new RelocationPlan(spec, sandboxes, [.. MissingAddresses(manifest, places, moves, outside), .. PortConflicts.Of(manifest, sandboxes, outside), .. outside.Faults()]);
    }

    private static IEnumerable<string> MissingAddresses(
        Manifest manifest, List<Place> places, List<IReadOnlyDictionary<IPAddress, IPAddress>> moves, OutsideConnections outside) =>
        from i in Enumerable.Range(0, places.Count)
        let node = manifest.Nodes[i]
        from address in node.Connections.Where(c => outside.IsRestored(i, c)).Select(c => c.Local).Concat(node.Listeners).Select(text => IPEndPoint.Parse(text).Address).Distinct()
        where !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && !moves[i].ContainsKey(address)
            && !(address.IsIPv6LinkLocal && places[i].Node == (node.Host ?? node.Node))
        select address.IsIPv6LinkLocal
            ? $"{places[i].Node}: sandbox {node.Node} uses the link-local address {address}, which means something on its own network only"
            : $"{places[i].Node}: it has no address that could take the place of {address} of sandbox {node.Node}";

    private static List<IPAddress> Parse(IEnumerable<string> addresses) => [.. addresses.Select(IPAddress.Parse)];

    private static List<AddressChange> Changes(IReadOnlyDictionary<IPAddress, IPAddress> pairs) =>
        [.. pairs.Select(p => new AddressChange(p.Key.ToString(), p.Value.ToString()))];

    private static bool IsSame(AddressGeneration a, AddressGeneration b) =>
        a.OfSandboxes.Zip(b.OfSandboxes).All(pair => pair.First.SequenceEqual(pair.Second));
}
