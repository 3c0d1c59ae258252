using System.Globalization;
using Grpc.Core;
using HpcCr.Core;
using HpcCr.Rpc;

namespace HpcCr.Protocol;

/// <summary>For whom a holder of the cluster's key asks: a user of its node, whom it has from the kernel.</summary>
public static class OnBehalfOf
{
    private const string Name = "hpccr-on-behalf-of";

    /// <summary>What says so.</summary>
    public static Metadata Header(PeerCredentials user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return new Metadata { { Name, string.Create(CultureInfo.InvariantCulture, $"{user.UserId} {user.GroupId}") } };
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

    private static bool TryParse(string text, out uint number) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
