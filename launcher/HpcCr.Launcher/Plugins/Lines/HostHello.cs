using System.Text.Json;

namespace HpcCr.Launcher;

/// <summary>What a plugin is told first.</summary>
/// <param name="Api">The version of the interface.</param>
/// <param name="Job">The job's name.</param>
/// <param name="Sandbox">Which of its sandboxes.</param>
/// <param name="Node">The node that it is on.</param>
/// <param name="Nodes">All sandboxes of the job.</param>
/// <param name="Epoch">The epoch, or the one that is gone back to.</param>
/// <param name="Restart">Whether it is a restart.</param>
/// <param name="Config">The plugin's configuration.</param>
internal sealed record HostHello(int Api, string Job, string Sandbox, string Node, IReadOnlyList<string> Nodes, int Epoch, bool Restart, JsonElement Config);
