using HpcCr.Core;

namespace HpcCr.Launcher;

/// <summary>A sandbox of an epoch and the node that is to take it: this one.</summary>
/// <param name="Manifest">The epoch.</param>
/// <param name="Sandbox">The sandbox.</param>
/// <param name="Sockets">Its sockets, with the addresses that they get here.</param>
/// <param name="Options">This node's launcher's.</param>
/// <param name="Node">What this node is.</param>
/// <param name="JobIsHere">Whether the job has a sandbox here already.</param>
internal sealed record RestoreTarget(Manifest Manifest, ManifestNode Sandbox, MovedSockets Sockets, LauncherOptions Options, NodeFacts Node, bool JobIsHere)
{
    /// <summary>The file systems as the job's user sees them.</summary>
    public StoreAccess Store { get; } = new(Manifest.Spec);
}
