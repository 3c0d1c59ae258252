using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>
/// Somebody who changes an epoch and knows all about manifests. With the cluster's key in hand even the signatures are right; they are
/// made here from what docs/protocol.md says, not by the code under test.
/// </summary>
internal sealed class Forger(string epoch)
{
    private const string Whole = "*";
    private static readonly string Blank = new('0', 64);

    private string ManifestPath => Path.Combine(epoch, "manifest.json");

    /// <summary>The manifest; written back by <see cref="Save"/> or <see cref="Sign"/>.</summary>
    public JsonObject Manifest { get; } = JsonNode.Parse(File.ReadAllText(Path.Combine(epoch, "manifest.json")))!.AsObject();

    /// <summary>The first node's part.</summary>
    public JsonNode Node => Manifest["nodes"]![0]!;

    /// <summary>An image's path.</summary>
    public string PathOf(string file) => Path.Combine(epoch, (string)Node["node"]!, file);

    /// <summary>Writes an image, and puts its size and hash in the manifest right.</summary>
    public void Write(string file, byte[] bytes)
    {
        File.WriteAllBytes(PathOf(file), bytes);
        var record = Node["files"]!.AsArray().SingleOrDefault(f => (string)f!["path"]! == file);
        if (record is null)
        {
            record = new JsonObject { ["path"] = file };
            Node["files"]!.AsArray().Add(record);
        }

        record["size"] = bytes.Length;
        record["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    /// <summary>Writes the manifest with the signatures that it has.</summary>
    public void Save() => File.WriteAllText(ManifestPath, Manifest.ToJsonString());

    /// <summary>Writes the manifest with signatures of a key.</summary>
    /// <param name="clusterKeyFile">The cluster's key file that the key is derived from.</param>
    public void Sign(string clusterKeyFile)
    {
        using var cluster = ECDsa.Create();
        cluster.ImportFromPem(File.ReadAllText(clusterKeyFile));
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, cluster.ExportParameters(true).D!, 32, info: "hpccr manifest signing v1"u8.ToArray());
        var id = Convert.ToHexStringLower(HKDF.Expand(HashAlgorithmName.SHA256, key, 8, "hpccr signing key id v1"u8.ToArray()));
        var signatures = new JsonArray();
        foreach (var part in Manifest["nodes"]!.AsArray())
        {
            var canonical = WithoutDefaults(part!)!.AsObject();
            foreach (var connection in canonical["connections"]!.AsArray()) connection!.AsObject().Remove("inJob");
            var purpose = $"hpccr manifest part v1\n{Manifest["job"]}\n{Manifest["epoch"]}\n";
            signatures.Add(Signature((string)part!["node"]!, id, Hmac(key, purpose + canonical.ToJsonString())));
        }

        signatures.Add(Signature(Whole, id, Blank));
        Manifest["signatures"] = signatures;
        var document = Manifest.ToJsonString();
        var at = document.LastIndexOf(Blank, StringComparison.Ordinal);
        File.WriteAllText(ManifestPath, $"{document[..at]}{Hmac(key, "hpccr manifest v1\n" + document)}{document[(at + Blank.Length)..]}");
    }

    private static JsonObject Signature(string part, string id, string value) => new() { ["part"] = part, ["keyId"] = id, ["value"] = value };

    private static string Hmac(byte[] key, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));

    private static JsonNode? WithoutDefaults(JsonNode node) => node switch
    {
        JsonObject entries => new JsonObject(entries.Where(e => !IsDefault(e.Value)).Select(e => KeyValuePair.Create(e.Key, WithoutDefaults(e.Value!)))),
        JsonArray list => new JsonArray([.. list.Select(entry => WithoutDefaults(entry!))]),
        _ => node.DeepClone(),
    };

    private static bool IsDefault(JsonNode? node) => node is null || (node is JsonValue value && value.ToJsonString() is "0" or "0.0" or "false");
}
