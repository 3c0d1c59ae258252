using System.Net;
using HpcCr.Core;
using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator;

/// <summary>What is told of a connection to a program outside the job, before an epoch: what a restart will make of it.</summary>
internal static class OutsideFinding
{
    /// <summary>The finding; a fault where no epoch may be made.</summary>
    /// <param name="spec">The job.</param>
    /// <param name="node">Where the connection is.</param>
    /// <param name="connection">The connection.</param>
    public static Finding Of(JobSpec spec, string node, OpenConnection connection)
    {
        var remote = IPEndPoint.Parse(connection.Remote);
        var (future, remedy) = spec.PolicyTowards(connection.Remote) switch
        {
            OutsidePolicy.Fail => ("which a rule of the job forbids (`--outside`)", "Checkpoint when it is closed."),
            OutsidePolicy.Close => ("which the job finds closed after a restart (`--outside`)", "Nothing need be done where the program connects again by itself."),
            OutsidePolicy.Keep => ("which works after a restart only if the other end still waits; a restart that changes this end's address is refused (`--outside`)",
                "Restart it where it was."),
            _ when spec.Plugins.Count > 0 => ("which works after a restart if a plugin reconnects it or the other end still waits; where neither is so and the restart changes this end's address, the job finds it closed",
                "The launcher's log tells which plugin claims it at a checkpoint."),
            _ => ("which works after a restart only if the other end still waits; where the restart changes this end's address, the job finds it closed",
                $"Nothing need be done where the program connects again by itself; else say what is to become of it: `hpccr run --outside {new OutsideRule(remote.Address, remote.Port, OutsidePolicy.Close)}`, =fail or =keep."),
        };
        return new Finding
        {
            Node = node,
            Check = "connections",
            Warning = spec.PolicyTowards(connection.Remote) != OutsidePolicy.Fail,
            What = $"{connection.Holder} is connected to {connection.Remote} outside the job (descriptor {connection.FileDescriptor}), {future}",
            Remedy = remedy,
        };
    }

    /// <summary>Goes on only if no rule forbids one of an epoch's connections: it may have been opened after the preflight.</summary>
    /// <exception cref="HpcCrException">A rule does (unsupported).</exception>
    public static void RequireNoneForbidden(JobSpec spec, int epoch, IReadOnlyList<ManifestNode> parts)
    {
        var forbidden = parts.SelectMany(part => part.Connections.Where(c => !c.InJob && spec.PolicyTowards(c.Remote) == OutsidePolicy.Fail)
            .Select(c => $"{part.Node}: {c.Local} to {c.Remote}")).ToList();
        if (forbidden.Count > 0)
        {
            throw new HpcCrException(FailureKind.Unsupported,
                $"epoch {epoch} of {spec.Name} was not committed, for a rule forbids its connections to outside: {string.Join("; ", forbidden.Take(5))}",
                "The job runs on. Checkpoint again when they are closed.");
        }
    }
}
