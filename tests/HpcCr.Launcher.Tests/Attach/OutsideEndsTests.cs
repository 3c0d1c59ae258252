using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher.Tests.Attach;

public sealed class OutsideEndsTests
{
    private static readonly Func<OpenDescriptor, string?> NoTerminal = _ => null;

    [Theory]
    [InlineData(0, Replacement.Nothing)]
    [InlineData(1, Replacement.StandardOutput)]
    [InlineData(2, Replacement.StandardError)]
    public void APipeToTheOutside_OnAStandardDescriptor_IsReplaced(int number, Replacement by)
    {
        var (replaced, faults) = OutsideEnds.Judge([new(10, number, "pipe:[7]")], new HashSet<uint> { 7 }, new Dictionary<uint, uint>(), NoTerminal);
        Assert.Equal([new ReplacedFile("pipe:[7]", by)], replaced);
        Assert.Empty(faults);
    }

    [Fact]
    public void APipeThatIsStandardOutputAndError_IsTheOutput()
    {
        var (replaced, _) = OutsideEnds.Judge([new(10, 2, "pipe:[7]"), new(10, 1, "pipe:[7]")], new HashSet<uint> { 7 }, new Dictionary<uint, uint>(), NoTerminal);
        Assert.Equal([new ReplacedFile("pipe:[7]", Replacement.StandardOutput)], replaced);
    }

    [Fact]
    public void APipeToTheOutside_ElsewhereThanOnAStandardDescriptor_IsAFaultThatNamesIt()
    {
        var (replaced, faults) = OutsideEnds.Judge([new(10, 5, "pipe:[7]")], new HashSet<uint> { 7 }, new Dictionary<uint, uint>(), NoTerminal);
        Assert.Empty(replaced);
        Assert.Contains("holds descriptor 5, pipe:[7]", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatHasBothItsEndsInside_IsLeftAlone()
    {
        var (replaced, faults) = OutsideEnds.Judge(
            [new(10, 5, "pipe:[7]"), new(11, 6, "pipe:[7]"), new(10, 8, "socket:[20]"), new(11, 8, "socket:[21]"), new(10, 9, "/tmp/file")],
            new HashSet<uint> { 8 }, new Dictionary<uint, uint> { [20] = 21, [21] = 20 }, NoTerminal);
        Assert.Empty(replaced);
        Assert.Empty(faults);
    }

    [Fact]
    public void AUnixSocketWhosePeerIsOutside_IsReplacedOnAStandardDescriptorOnly()
    {
        var (replaced, faults) = OutsideEnds.Judge(
            [new(10, 1, "socket:[20]"), new(10, 4, "socket:[30]")], new HashSet<uint>(), new Dictionary<uint, uint> { [20] = 21, [30] = 31 }, NoTerminal);
        Assert.Equal([new ReplacedFile("socket:[20]", Replacement.StandardOutput)], replaced);
        Assert.Contains("socket:[30]", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void ATerminalFromOutside_IsReplacedWhereverItIsOpen()
    {
        var (replaced, faults) = OutsideEnds.Judge([new(10, 10, "/dev/pts/3")], new HashSet<uint>(), new Dictionary<uint, uint>(), _ => "tty[8803:1a]");
        Assert.Equal([new ReplacedFile("tty[8803:1a]", Replacement.Terminal)], replaced);
        Assert.Empty(faults);
    }
}
