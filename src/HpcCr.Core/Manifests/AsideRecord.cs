namespace HpcCr.Core;

/// <summary>What a restart has set aside of a file before it changed it. The bytes are in the file of the same name without <c>.json</c>.</summary>
/// <param name="Path">The file.</param>
/// <param name="From">Where in the file the bytes were: all from here to its end, in bytes.</param>
/// <param name="Length">How many they are.</param>
/// <param name="Epoch">The newest epoch of the job that was committed by then.</param>
/// <param name="Sequence">Counts what was set aside of this file, from 1.</param>
public sealed record AsideRecord(string Path, long From, long Length, int Epoch, int Sequence)
{
    /// <summary>How the name of the file with this record ends.</summary>
    public const string Suffix = ".json";
}
