using System.Text;
using System.Text.Json;

namespace HpcCr.Core;

/// <summary>Signs manifests, and says what is wrong with the signatures of one.</summary>
/// <remarks>
/// Two kinds of signature, both kept in the manifest. Each launcher signs its node's part, as <see cref="SigningJson"/> writes it, with
/// the job's name and the epoch's number. The head node's launcher checks these and then signs the whole: the very bytes of
/// manifest.json, in which the place of this one signature (the last occurrence of its text) is filled with zeros.
/// </remarks>
public static class ManifestSigner
{
    /// <summary>What <see cref="ManifestSignature.Part"/> is for the whole.</summary>
    public const string Whole = "*";

    private const string WholePurpose = "hpccr manifest v1";
    private const string SameKey = "All launchers of a cluster need the same key file.";
    private static readonly string Blank = new('0', SigningKey.SignatureLength);

    /// <summary>Signs a node's part.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="epoch">The epoch's number.</param>
    /// <param name="part">The part.</param>
    /// <param name="key">The key.</param>
    public static ManifestSignature SignPart(string job, int epoch, ManifestNode part, SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new ManifestSignature(part.Node, key.Id, key.Sign(PartPurpose(job, epoch), Canonical(part)));
    }

    /// <summary>Signs the whole.</summary>
    /// <param name="manifest">The manifest, with the signatures of its parts.</param>
    /// <param name="key">The key.</param>
    /// <returns>The document as it is stored.</returns>
    /// <exception cref="HpcCrException">A part's signature is not good (damaged).</exception>
    public static byte[] SignWhole(Manifest manifest, SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (manifest.Nodes.Select(part => PartFault(manifest, part, key)).FirstOrDefault(fault => fault is not null) is { } fault)
            throw new HpcCrException(FailureKind.Damaged, $"epoch {manifest.Epoch} of {manifest.Job} is not committed: {fault}", SameKey);
        var document = ManifestReader.Write(manifest with
        {
            Signatures = [.. manifest.Signatures.Where(s => s.Part != Whole), new ManifestSignature(Whole, key.Id, Blank)],
        });
        var signature = key.Sign(WholePurpose, document);
        Put(document, Blank, signature);
        return document;
    }

    /// <summary>What is wrong with the signatures, or null.</summary>
    /// <param name="document">The document as it was stored.</param>
    /// <param name="manifest">What was read from it.</param>
    /// <param name="key">The key that must have made them.</param>
    public static string? FaultOf(ReadOnlySpan<byte> document, Manifest manifest, SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (manifest.Signatures.Count == 0)
            return "it is not signed";
        if (Single(manifest, Whole) is not { } whole)
            return "it is not signed as a whole";
        if (OtherKey(whole, key) is { } other)
            return other;
        var copy = document.ToArray();
        if (!IsSignature(whole.Value) || !Put(copy, whole.Value, Blank) || !key.Verify(WholePurpose, copy, whole.Value))
            return "its signature does not fit what is in it";
        return manifest.Nodes.Select(part => PartFault(manifest, part, key)).FirstOrDefault(fault => fault is not null);
    }

    private static string? PartFault(Manifest manifest, ManifestNode part, SigningKey key) =>
        Single(manifest, part.Node) is not { } signature ? $"the part of {part.Node} is not signed"
        : OtherKey(signature, key) ?? (key.Verify(PartPurpose(manifest.Job, manifest.Epoch), Canonical(part), signature.Value)
            ? null
            : $"the signature of {part.Node} does not fit its part");

    private static string? OtherKey(ManifestSignature signature, SigningKey key) => signature.KeyId == key.Id ? null
        : $"it is signed with another key ({JobName.Printable(signature.KeyId)}) than the one of this cluster ({key.Id})";

    private static ManifestSignature? Single(Manifest manifest, string part)
    {
        var found = manifest.Signatures.Where(s => s.Part == part).Take(2).ToList();
        return found.Count == 1 ? found[0] : null;
    }

    private static string PartPurpose(string job, int epoch) => $"hpccr manifest part v1\n{job}\n{epoch}";

    // Which connections lead out of the job the coordinator finds by looking at all parts, when they are signed already: the whole's
    // signature covers that.
    private static byte[] Canonical(ManifestNode part) => JsonSerializer.SerializeToUtf8Bytes(
        part with { Connections = [.. part.Connections.Select(c => c with { InJob = false })] }, SigningJson.Default.ManifestNode);

    private static bool IsSignature(string text) => text.Length == SigningKey.SignatureLength && text.All(char.IsAsciiHexDigitLower);

    private static bool Put(Span<byte> document, string old, string text)
    {
        var at = document.LastIndexOf(Encoding.ASCII.GetBytes(old));
        if (at < 0)
            return false;
        Encoding.ASCII.GetBytes(text).CopyTo(document[at..]);
        return true;
    }
}
