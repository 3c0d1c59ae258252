using HpcCr.SystemTests.Infrastructure;
using HpcCr.SystemTests.Matrix;

namespace HpcCr.SystemTests.Faults;

// The whole matrix is a program: tests/system/faults. Here every fault is met at least once, and every phase.
[Collection(FaultMatrixTests.Name)]
public sealed class T3080_FaultMatrix(FaultLab lab) : SystemTest(lab)
{
    private static readonly (string Phase, string Fault)[] Chosen =
    [
        ("quiesce", "full"), ("freeze", "engine"), ("drain", "network"), ("lock", "rank"), ("dump", "engine"), ("gate", "silence"), ("resume", "coordinator"),
        ("seal", "fsync"), ("commit", "rename"), ("kill", "coordinator"), ("load", "launcher"), ("plan", "coordinator"), ("preparerestore", "slow"),
        ("putback", "guard"), ("restore", "engine"), ("go", "power"), ("settle", "rank"),
    ];

    public static TheoryData<string, string> Cells => [.. Chosen];

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task AFault_LeavesTheJobUnharmed_OrItRestartsFromItsEpoch(string phase, string fault) => await FaultCell.Of(phase, fault).RunAsync(lab);

    [Fact]
    public void TheseCells_MeetEveryPhaseAndEveryFault()
    {
        Assert.Empty(FaultPhase.All.Select(phase => phase.Name).Except(Chosen.Select(c => c.Phase)));
        Assert.Empty(FaultKinds.All.Select(kind => kind.Name).Except(Chosen.Select(c => c.Fault)));
        Assert.All(Chosen, c => Assert.Null(FaultCell.Of(c.Phase, c.Fault).LeftOut));
    }
}

/// <summary>The tests that share its lab.</summary>
[CollectionDefinition(Name)]
public sealed class FaultMatrixTests : ICollectionFixture<FaultLab>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "fault matrix";
}
