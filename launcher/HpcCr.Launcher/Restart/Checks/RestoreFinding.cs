namespace HpcCr.Launcher;

/// <summary>What a check has found.</summary>
/// <param name="Text">What was looked at, for people.</param>
/// <param name="Faults">What stands in the way, a sentence each; none when it is as needed.</param>
internal sealed record RestoreFinding(string Text, IReadOnlyList<string> Faults);
