using System.Diagnostics;
using HpcCr.Core;

namespace HpcCr.Launcher.Tests;

public sealed class StoreAccessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hpccr-open-").FullName;

    public StoreAccessTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "epoch", "node1"));
        File.WriteAllText(Path.Combine(_folder, "epoch", "node1", "core-1.img"), "memory");
    }

    private static StoreAccess Root => new(0, 0);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void OpenImage_BehindALinkToTheEpochItself_OpensIt()
    {
        Directory.CreateSymbolicLink(Path.Combine(_folder, "latest"), "epoch");

        using var file = Root.OpenImage(Path.Combine(_folder, "latest"), "node1/core-1.img", 6);

        Assert.Equal("memory", new StreamReader(file).ReadToEnd());
    }

    [Theory]
    [InlineData("link", "is a link, or behind one")]
    [InlineData("folder link", "is a link, or behind one")]
    [InlineData("longer", "has 7 bytes instead of 6")]
    [InlineData("pipe", "is no file")]
    [InlineData("way out", "is a link, or behind one")]
    public void OpenImage_OfAnythingElseThanTheFile_IsDamaged(string how, string expected)
    {
        var (node, image) = (Path.Combine(_folder, "epoch", "node1"), Path.Combine(_folder, "epoch", "node1", "core-1.img"));
        var path = "node1/core-1.img";
        switch (how)
        {
            case "link":
                File.Move(image, image + ".real");
                File.CreateSymbolicLink(image, "core-1.img.real");
                break;
            case "folder link":
                Directory.Move(node, node + ".real");
                Directory.CreateSymbolicLink(node, "node1.real");
                break;
            case "longer":
                File.AppendAllText(image, "x");
                break;
            case "pipe":
                File.Delete(image);
                using (var made = Process.Start("mkfifo", [image])) made.WaitForExit();
                break;
            default:
                path = "../epoch/node1/core-1.img";
                break;
        }

        var failure = Assert.Throws<HpcCrException>(() => Root.OpenImage(Path.Combine(_folder, "epoch"), path, 6));

        Assert.Equal(FailureKind.Damaged, failure.Kind);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenImage_OfAMissingFile_SaysSo() =>
        Assert.Throws<FileNotFoundException>(() => Root.OpenImage(Path.Combine(_folder, "epoch"), "node2/core-1.img", 6));
}
