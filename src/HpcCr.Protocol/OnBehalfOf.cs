using System.Globalization;
using Grpc.Core;
using HpcCr.Core;
using HpcCr.Rpc;

namespace HpcCr.Protocol;

/// <summary>For whom a holder of the cluster's key asks: a user of its node, whom it has from the kernel.</summary>
public static class OnBehalfOf
{
    private const string Name = "hpccr-on-behalf-of";
    private const string LimitsName = "hpccr-limits-of";

    /// <summary>What says so.</summary>
    /// <param name="user">The user.</param>
    /// <param name="limits">The limits of the process that asks; null when they are not known.</param>
    public static Metadata Header(PeerCredentials user, PeerLimits? limits)
    {
        ArgumentNullException.ThrowIfNull(user);
        var header = new Metadata { { Name, string.Create(CultureInfo.InvariantCulture, $"{user.UserId} {user.GroupId}") } };
        if (limits is not null)
            header.Add(LimitsName, string.Join(' ', limits.Entries.Select(limit => string.Create(CultureInfo.InvariantCulture, $"{limit.Resource}:{limit.Soft}:{limit.Hard}"))));
        return header;
    }

    /// <summary>The limits of the process that asks; null when nothing is said of them.</summary>
    /// <exception cref="HpcCrException">What is said is not clear (not allowed).</exception>
    public static IReadOnlyList<ResourceLimit>? ReadLimits(Metadata headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        return headers.GetValue(LimitsName)?.Split(' ').Select(ParseLimit).ToList();
    }

    /// <summary>The user; null when the holder of the key asks for itself.</summary>
    /// <exception cref="HpcCrException">Somebody is named, and it is not clear who (not allowed).</exception>
    public static (uint Uid, uint Gid)? Read(Metadata headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        return headers.GetValue(Name) switch
        {
            null => null,
            var text when text.Split(' ') is [var uid, var gid] && TryParse(uid, out var user) && TryParse(gid, out var group) => (user, group),
            var text => throw new HpcCrException(FailureKind.NotAllowed, $"'{JobName.Printable(text)}' names no user", "Install the same version of HpcCr everywhere."),
        };
    }

    private static ResourceLimit ParseLimit(string text) =>
        text.Split(':') is [var resource, var soft, var hard]
        && int.TryParse(resource, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && ulong.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var softLimit)
        && ulong.TryParse(hard, NumberStyles.None, CultureInfo.InvariantCulture, out var hardLimit)
            ? new ResourceLimit(number, softLimit, hardLimit)
            : throw new HpcCrException(FailureKind.NotAllowed, $"'{JobName.Printable(text)}' is no limit of a process", "Install the same version of HpcCr everywhere.");

    private static bool TryParse(string text, out uint number) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
