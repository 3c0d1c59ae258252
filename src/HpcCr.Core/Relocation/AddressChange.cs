namespace HpcCr.Core;

/// <summary>One address in place of another.</summary>
/// <param name="From">What it was.</param>
/// <param name="To">What it becomes.</param>
public sealed record AddressChange(string From, string To);
