using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>An epoch that somebody changed who knows the manifest, too.</summary>
internal static class ForgedEpoch
{
    private const int EntryAt = 12; // behind the two magics and the entry's size
    private const byte SendSequenceTag = 4 << 3;

    /// <summary>Changes a number of one established connection in its image, and puts the manifest's hash right.</summary>
    /// <param name="epoch">The epoch; changed in place.</param>
    /// <param name="alsoInTheManifest">The manifest's copy of the number is changed, too.</param>
    public static void ChangeASequenceNumber(TestEpoch epoch, bool alsoInTheManifest)
    {
        var manifest = JsonNode.Parse(File.ReadAllText(epoch.Manifest))!;
        var node = manifest["nodes"]![0]!;
        var connection = node["connections"]!.AsArray().First(c => (string)c!["state"]! == "ESTABLISHED")!;
        var name = $"images/tcp-stream-{(uint)connection["inode"]!:x}.img";
        var path = Path.Combine(epoch.Path, (string)node["node"]!, name);
        var image = File.ReadAllBytes(path);
        // inq_len, inq_seq, outq_len, outq_seq: each a tag and a number whose bytes but the last have their high bit set.
        var at = EntryAt;
        while (image[at] != SendSequenceTag)
        {
            at++;
            while (image[at++] >= 0x80)
            {
            }
        }

        image[at + 2] ^= 0x40;
        File.WriteAllBytes(path, image);
        node["files"]!.AsArray().Single(f => (string)f!["path"]! == name)!["sha256"] = Convert.ToHexStringLower(SHA256.HashData(image));
        if (alsoInTheManifest) connection["numbers"]!["sendSequence"] = (uint)connection["numbers"]!["sendSequence"]! ^ (0x40u << 7);
        File.WriteAllText(epoch.Manifest, manifest.ToJsonString());
    }
}
