using HpcCr.Core;

namespace HpcCr.Coordinator;

/// <summary>A part of a job of which nobody has said yet that it is gone.</summary>
/// <param name="Place">Which, and where it was.</param>
/// <param name="Incarnation">Of which life.</param>
internal readonly record struct FormerPart(Place Place, long Incarnation);
