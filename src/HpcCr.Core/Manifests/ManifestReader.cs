using System.Text.Json;

namespace HpcCr.Core;

/// <summary>Reads a manifest and refuses one that is not whole, or that would lead out of its folder.</summary>
public static class ManifestReader
{
    /// <summary>The largest manifest that is read, in bytes.</summary>
    public const int MaximumBytes = 256 << 20;

    /// <summary>Writes the manifest as it is stored.</summary>
    public static byte[] Write(Manifest manifest) => JsonSerializer.SerializeToUtf8Bytes(manifest, CoreJson.Default.Manifest);

    /// <summary>Reads and checks a manifest.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="where">Its path, for the error.</param>
    /// <exception cref="HpcCrException">It is damaged, of another version, or names paths outside its folder (damaged).</exception>
    public static Manifest Read(ReadOnlySpan<byte> utf8, string where)
    {
        if (utf8.Length > MaximumBytes)
            throw Damaged(where, "it is larger than any manifest");
        Manifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(utf8, CoreJson.Default.Manifest);
        }
        catch (JsonException e)
        {
            throw Damaged(where, $"line {e.LineNumber + 1} is not what it should be");
        }

        if (manifest is null)
            throw Damaged(where, "it is empty");
        if (manifest.Version != Manifest.CurrentVersion)
            throw Damaged(where, $"it has version {manifest.Version}, and this HpcCr reads version {Manifest.CurrentVersion}");
        return Check(manifest, where);
    }

    /// <summary>Checks a manifest that was read and then changed.</summary>
    /// <exception cref="HpcCrException">It has become impossible (damaged).</exception>
    public static Manifest Check(Manifest manifest, string where) =>
        ManifestFaults.FirstOf(manifest) is { } fault ? throw Damaged(where, fault) : manifest;

    private static HpcCrException Damaged(string where, string why) =>
        new(FailureKind.Damaged, $"the manifest {JobName.Printable(where)} is damaged: {why}",
            "Restart from another epoch; `hpccr list JOB` shows them.");
}
