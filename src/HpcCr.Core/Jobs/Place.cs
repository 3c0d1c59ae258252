namespace HpcCr.Core;

/// <summary>Where one sandbox of a job is.</summary>
/// <param name="Sandbox">Its name for good: the node that it was started on, and the host name that its processes see.</param>
/// <param name="Node">The node that it is on now.</param>
public readonly record struct Place(string Sandbox, string Node);
