
namespace HpcCr.SystemTests.Infrastructure;

/// <summary>An epoch that somebody changed who knows the manifest, and has the cluster's key.</summary>
internal static class ForgedEpoch
{
    private const int EntryAt = 12; // behind the two magics and the entry's size
    private const byte SendSequenceTag = 4 << 3;

    /// <summary>Changes a number of one established connection in its image, and puts hash and signatures right.</summary>
    /// <param name="epoch">The epoch; changed in place.</param>
    /// <param name="alsoInTheManifest">The manifest's copy of the number is changed, too.</param>
    /// <param name="clusterKeyFile">The cluster's key.</param>
    public static void ChangeASequenceNumber(TestEpoch epoch, bool alsoInTheManifest, string clusterKeyFile)
    {
        var forger = new Forger(epoch.Path);
        var connection = forger.Node["connections"]!.AsArray().First(c => (string)c!["state"]! == "ESTABLISHED")!;
        var name = $"images/tcp-stream-{(uint)connection["inode"]!:x}.img";
        var image = File.ReadAllBytes(forger.PathOf(name));
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
        forger.Write(name, image);
        if (alsoInTheManifest) connection["numbers"]!["sendSequence"] = (uint)connection["numbers"]!["sendSequence"]! ^ (0x40u << 7);
        forger.Sign(clusterKeyFile);
    }
}
