namespace HpcCr.Linux.Tests.Processes;

public sealed class DeletedNameTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hpccr-deleted-").FullName;

    [Theory]
    [InlineData("plain", false, false)]
    [InlineData("plain", true, true)]
    [InlineData("x (deleted)", false, false)]
    [InlineData("x (deleted)", true, true)]
    public void Is_TellsAFileThatIsCalledSo_FromOneThatHasLostItsName(string name, bool removed, bool expected)
    {
        var path = Path.Combine(_folder, name);
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        if (removed)
            File.Delete(path);
        var open = Assert.Single(OpenDescriptor.Of(Environment.ProcessId), descriptor => descriptor.Number == (int)file.DangerousGetHandle());

        Assert.Equal(expected, DeletedName.Is(Environment.ProcessId, open.Target, open.Path));
        Assert.Equal(path, expected ? DeletedName.Of(open.Target) : open.Target);
    }

    [Fact]
    public void Is_OfAnotherFileWithThatName_SaysThatItWasDeleted()
    {
        var path = Path.Combine(_folder, "x");
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        File.Delete(path);
        File.WriteAllText(path + DeletedName.Mark, "");
        var open = Assert.Single(OpenDescriptor.Of(Environment.ProcessId), descriptor => descriptor.Number == (int)file.DangerousGetHandle());

        Assert.True(DeletedName.Is(Environment.ProcessId, open.Target, open.Path));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
