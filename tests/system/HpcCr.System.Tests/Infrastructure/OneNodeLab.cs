namespace HpcCr.SystemTests.Infrastructure;

/// <summary>The lab of the tests of one node, with a file system that fills up soon.</summary>
public sealed class OneNodeLab() : Lab(1)
{
    /// <summary>The collection's name.</summary>
    public const string Name = "one node";

    /// <summary>A tmpfs of 40 MiB.</summary>
    internal string SmallFolder => Path.Combine(Folder, "small");

    /// <summary>A tmpfs with room for few files.</summary>
    internal string FewFilesFolder => Path.Combine(Folder, "few");

    private protected override async Task PrepareAsync()
    {
        await MountAsync(SmallFolder, "size=40m");
        await MountAsync(FewFilesFolder, "nr_inodes=12");
    }

    private protected override async Task CleanAsync()
    {
        foreach (var folder in new[] { SmallFolder, FewFilesFolder })
            (await Hpccr.RunProgramAsync(CommandOptions.Default, ["umount", folder])).EndsWith(0);
    }

    private async Task MountAsync(string folder, string options)
    {
        Directory.CreateDirectory(folder);
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["mount", "-t", "tmpfs", "-o", options, "hpccr-test", folder])).EndsWith(0);
    }
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(OneNodeLab.Name)]
public sealed class OneNodeTests : ICollectionFixture<OneNodeLab>;
