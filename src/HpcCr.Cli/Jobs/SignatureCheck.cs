using HpcCr.Cli.Connection;
using HpcCr.Cli.Lab;
using HpcCr.Launcher;

namespace HpcCr.Cli.Jobs;

/// <summary>What a command can say of an epoch's signatures. Only root has the key; what is restarted is checked by launchers in any case.</summary>
/// <param name="State"><c>good</c>, <c>bad</c>, <c>unsigned</c>, or <c>unchecked</c> where this user has no key.</param>
/// <param name="KeyId">Which key the manifest says that it was signed with; null when it is not signed.</param>
/// <param name="Fault">What is wrong, or null.</param>
internal sealed record SignatureCheck(string State, string? KeyId, string? Fault)
{
    /// <summary>For people, in half a line.</summary>
    public string Text => State switch
    {
        "good" => $"good, key {KeyId}",
        "unchecked" => $"by key {JobName.Printable(KeyId)}, not checked: only root has the key",
        _ => Fault!,
    };

    /// <summary>Checks the manifest of an epoch.</summary>
    /// <param name="document">The bytes of manifest.json.</param>
    /// <param name="manifest">What was read from it.</param>
    public static SignatureCheck Of(ReadOnlySpan<byte> document, Manifest manifest)
    {
        if (manifest.Signatures.FirstOrDefault(s => s.Part == ManifestSigner.Whole)?.KeyId is not { } keyId)
            return new SignatureCheck("unsigned", null, "it is not signed");
        var lab = new LabLayout(RunLayout.Current).Key;
        if (SigningKeys.Find(File.Exists(lab) ? lab : CoordinatorAddress.LocalKeyFile) is not { } key)
            return new SignatureCheck("unchecked", keyId, null);
        var fault = ManifestSigner.FaultOf(document, manifest, key);
        return new SignatureCheck(fault is null ? "good" : "bad", keyId, fault);
    }
}
