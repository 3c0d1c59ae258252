using System.Text;
using HpcCr.Core.Tests.Manifests;

namespace HpcCr.Core.Tests.Signing;

public sealed class ManifestSignerTests
{
    private static readonly SigningKey Key = new(new byte[SigningKey.Bytes]);
    private static readonly SigningKey Other = new([.. Enumerable.Repeat((byte)7, SigningKey.Bytes)]);

    private static ManifestNode KnownPart => new()
    {
        Node = "node1",
        Addresses = ["10.0.0.1", "fe80::1"],
        PauseMilliseconds = 11.5,
        Processes = 3,
        Files = [new ImageRecord("core-1.img", 100, Sample.Hash), new ImageRecord("shm/a b'c", 0, Sample.Hash)],
        Listeners = ["0.0.0.0:7000"],
    };

    private static Manifest WithParts => Sample.Manifest with
    {
        Signatures = [.. Sample.Manifest.Nodes.Select(n => ManifestSigner.SignPart("stencil", 12, n, Key))],
    };

    [Fact]
    public void SignWhole_GivesADocumentWithoutFaults()
    {
        var document = ManifestSigner.SignWhole(WithParts, Key);

        var manifest = ManifestReader.Read(document, "here");
        Assert.Null(ManifestSigner.FaultOf(document, manifest, Key));
        Assert.Equal(["node1", "node2", "*"], manifest.Signatures.Select(s => s.Part));
        Assert.All(manifest.Signatures, s => Assert.Equal(Key.Id, s.KeyId));
    }

    [Fact]
    public void FaultOf_EveryByteThatIsChanged_IsNotNull()
    {
        var document = ManifestSigner.SignWhole(WithParts, Key);
        for (var at = 0; at < document.Length; at++)
        {
            var changed = document.ToArray();
            changed[at] ^= 1;
            try
            {
                Assert.NotNull(ManifestSigner.FaultOf(changed, ManifestReader.Read(changed, "here"), Key));
            }
            catch (HpcCrException e)
            {
                Assert.Equal(FailureKind.Damaged, e.Kind);
            }
        }
    }

    [Fact]
    public void FaultOf_ASignatureOfAnotherKey_NamesBothKeys()
    {
        var document = ManifestSigner.SignWhole(WithParts, Key);

        var fault = ManifestSigner.FaultOf(document, ManifestReader.Read(document, "here"), Other);

        Assert.Contains(Key.Id, fault, StringComparison.Ordinal);
        Assert.Contains(Other.Id, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("node2")]
    public void FaultOf_ASignatureThatIsTakenOut_IsNotNull(string part)
    {
        var signed = ManifestReader.Read(ManifestSigner.SignWhole(WithParts, Key), "here");
        var stripped = signed with { Signatures = [.. signed.Signatures.Where(s => s.Part != part)] };

        Assert.NotNull(ManifestSigner.FaultOf(ManifestReader.Write(stripped), stripped, Key));
    }

    [Fact]
    public void FaultOf_NoSignatureAtAll_SaysSo() => Assert.Equal("it is not signed",
        ManifestSigner.FaultOf(ManifestReader.Write(Sample.Manifest with { Signatures = [] }), Sample.Manifest with { Signatures = [] }, Key));

    [Fact]
    public void SignWhole_OfAPartThatItsLauncherDidNotSign_IsRefused()
    {
        var swapped = WithParts with { Nodes = [Sample.Node("node1"), Sample.Node("node2") with { Processes = 4 }] };

        Assert.Equal(FailureKind.Damaged, Assert.Throws<HpcCrException>(() => ManifestSigner.SignWhole(swapped, Key)).Kind);
    }

    [Fact]
    public void SignWhole_OfAPartOfAnotherEpoch_IsRefused() =>
        Assert.Throws<HpcCrException>(() => ManifestSigner.SignWhole(WithParts with { Epoch = 13 }, Key));

    [Fact]
    public void SignWhole_OfConnectionsThatTheCoordinatorFoundToLeadOutside_IsNotRefused()
    {
        var marked = WithParts with
        {
            Nodes = [.. WithParts.Nodes.Select(n => n with { Connections = [.. n.Connections.Select(c => c with { InJob = false })] })],
        };

        Assert.NotEmpty(ManifestSigner.SignWhole(marked, Key));
    }

    [Fact]
    public void SignWhole_OfAManifestThatHoldsSixtyFourZerosAndOtherSignatures_IsStillGood()
    {
        var spec = Sample.Spec with { Environment = new Dictionary<string, string> { ["ZEROS"] = new('0', 64), ["KEY"] = Key.Sign("x", "y"u8) } };
        var document = ManifestSigner.SignWhole(WithParts with { Spec = spec }, Key);

        Assert.Null(ManifestSigner.FaultOf(document, ManifestReader.Read(document, "here"), Key));
    }

    // Computed by another program from what docs/protocol.md says: later versions must go on producing it for parts as they are today.
    [Fact]
    public void SignPart_OfAKnownPart_IsWhatItWas() => Assert.Equal(
        "412bde941bfb572e96a982017e915fe75bafce13ae1e41b2a786568793bbb867", ManifestSigner.SignPart("stencil", 12, KnownPart, Key).Value);

    [Fact]
    public void Sign_ForAnotherPurpose_IsAnotherSignature() => Assert.NotEqual(Key.Sign("a", "b"u8), Key.Sign("a\nb", Encoding.UTF8.GetBytes("")));
}
