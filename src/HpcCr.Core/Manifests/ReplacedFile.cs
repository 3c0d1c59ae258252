namespace HpcCr.Core;

/// <summary>An open file of the images that a restore replaces.</summary>
/// <param name="Key">Which, in the engine's words: <c>pipe:[4711]</c>, <c>socket:[4711]</c>, <c>tty[8800:1a]</c>.</param>
/// <param name="By">What takes its place.</param>
public sealed record ReplacedFile(string Key, Replacement By);
