using Grpc.Core;
using HpcCr.Core;
using HpcCr.Protocol;
using HpcCr.Rpc;

namespace HpcCr.Coordinator;

/// <summary>The limits of a job: at most those of the process that asks for it, which the kernel tells and not the request.</summary>
internal static class CallerLimits
{
    /// <summary>Lowers what is asked for to what the caller has.</summary>
    /// <param name="asked">What is asked for.</param>
    /// <param name="context">The call.</param>
    /// <param name="uid">Who calls.</param>
    /// <exception cref="HpcCrException">The limits of an ordinary user's process are not known (not allowed).</exception>
    public static IReadOnlyList<ResourceLimit> Bound(IReadOnlyList<ResourceLimit> asked, ServerCallContext context, uint uid)
    {
        var own = context.GetPeerCredentials() is null
            ? OnBehalfOf.ReadLimits(context.RequestHeaders)
            : context.GetPeerLimits()?.Entries.Select(limit => new ResourceLimit(limit.Resource, limit.Soft, limit.Hard)).ToList();
        if (own is not null)
            return LimitCeiling.Apply(asked, own);
        return uid == 0 ? asked : throw new HpcCrException(FailureKind.NotAllowed,
            "the resource limits of the calling process cannot be read: it has ended, has changed users, or runs in a container that this node's daemons cannot see into",
            "Run `hpccr run` on the node itself.");
    }
}
