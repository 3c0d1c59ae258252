using HpcCr.Core;

namespace HpcCr.Launcher.Tests.Files;

public sealed class MatchingFilesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("hpccr-match-").FullName;

    public MatchingFilesTests()
    {
        foreach (var path in new[] { "a.h5", "b.h5", "b.txt", "x/c.h5", "x/y/d.h5", "stencil/epoch-000001/e.h5", "other/epoch-000002.partial/f.h5" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_root, path))!);
            File.WriteAllText(Path.Combine(_root, path), "");
        }

        File.CreateSymbolicLink(Path.Combine(_root, "link.h5"), "b.h5");
        Directory.CreateSymbolicLink(Path.Combine(_root, "linked"), "x");
        Directory.CreateDirectory(Path.Combine(_root, "folder.h5"));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("a.h5", "a.h5")]
    [InlineData("*.h5", "a.h5 b.h5")]
    [InlineData("?.*", "a.h5 b.h5 b.txt")]
    [InlineData("**/*.h5", "a.h5 b.h5 x/c.h5 x/y/d.h5")]
    [InlineData("x/**", "x/c.h5 x/y/d.h5")]
    [InlineData("*/*.h5", "x/c.h5")]
    [InlineData("linked/*.h5", "linked/c.h5")] // named, and so followed
    [InlineData("link.h5", "link.h5")]
    [InlineData("nowhere/*", "")]
    [InlineData("other/**", "")] // epochs, of whatever job
    public void Patterns_FindRegularFiles_AndNoEpochs(string pattern, string expected) => Assert.Equal(
        expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(path => Path.Combine(_root, path)),
        MatchingFiles.Of(TestNode.Spec() with { CheckpointDirectory = _root, Capture = [Path.Combine(_root, pattern)] }).Order(StringComparer.Ordinal));

    [Fact]
    public void ManyPatterns_FindEachFileOnce() =>
        Assert.Equal(2, MatchingFiles.Of(TestNode.Spec() with { Capture = [$"{_root}/*.h5", $"{_root}/a.*"] }).Count);

    [Theory]
    [InlineData("out/*", "/home/user/out/*")]
    [InlineData("/abs/./x", "/abs/x")]
    [InlineData("../o", "/home/o")]
    [InlineData("", null)]
    [InlineData("out/", null)]
    [InlineData("..", null)]
    [InlineData("a\0b", null)]
    public void Patterns_AreMadeAbsolute_OrRefused(string text, string? expected)
    {
        if (expected is not null)
            Assert.Equal(expected, FilePattern.Parse(text, "/home/user"));
        else
            Assert.Equal(FailureKind.Usage, Assert.Throws<HpcCrException>(() => FilePattern.Parse(text, "/home/user")).Kind);
    }
}
