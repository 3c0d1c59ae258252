using System.Net;

namespace HpcCr.Core;

/// <summary>Which of a node's addresses takes the place of which of another's.</summary>
public static class AddressPairs
{
    /// <summary>
    /// Pairs addresses one to one within their family: an address that both have with itself, then those that share the longest
    /// prefix, so that a fabric's address becomes an address of that fabric.
    /// </summary>
    /// <param name="old">The addresses of the old node.</param>
    /// <param name="now">The addresses of the new one.</param>
    /// <returns>New by old; an old address without a counterpart is left out.</returns>
    public static IReadOnlyDictionary<IPAddress, IPAddress> Of(IEnumerable<IPAddress> old, IEnumerable<IPAddress> now)
    {
        var from = old.Where(IsRoutable).ToList();
        var to = now.Where(IsRoutable).ToList();
        var pairs = new Dictionary<IPAddress, IPAddress>();
        var best = from a in @from
                   from b in to
                   where a.AddressFamily == b.AddressFamily
                   orderby CommonBits(a, b) descending
                   select (a, b);
        var taken = new HashSet<IPAddress>();
        foreach (var (a, b) in best)
        {
            if (!pairs.ContainsKey(a) && taken.Add(b))
                pairs[a] = b;
        }

        // More old addresses than new ones: those that are left share what there is.
        foreach (var (a, b) in best)
            pairs.TryAdd(a, b);
        return pairs;
    }

    private static bool IsRoutable(IPAddress address) => !address.IsIPv6LinkLocal && !IPAddress.IsLoopback(address);

    private static int CommonBits(IPAddress a, IPAddress b)
    {
        var (left, right) = (a.GetAddressBytes(), b.GetAddressBytes());
        var bits = 0;
        for (var i = 0; i < left.Length; i++)
        {
            var differing = (byte)(left[i] ^ right[i]);
            if (differing != 0)
                return bits + System.Numerics.BitOperations.LeadingZeroCount((uint)differing) - 24;
            bits += 8;
        }

        return bits;
    }
}
