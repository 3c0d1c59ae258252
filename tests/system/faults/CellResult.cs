using HpcCr.SystemTests.Matrix;

namespace HpcCr.Faults;

/// <summary>How one cell went.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Outcome">What became of the job; null when that was wrong.</param>
/// <param name="Why">What was wrong.</param>
/// <param name="Seconds">How long it took, the start of the job included.</param>
internal sealed record CellResult(FaultCell Cell, FaultOutcome? Outcome, string Why, double Seconds);
