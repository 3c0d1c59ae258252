using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Attacks;

/// <summary>A lab in which two ordinary users work, one of them against the other.</summary>
public sealed class AttacksLab() : Lab(2)
{
    /// <summary>The collection's name.</summary>
    public const string Name = "attacks";

    /// <summary>The user whose jobs are attacked.</summary>
    internal const int Victim = 4242;

    /// <summary>The user who attacks.</summary>
    internal const int Attacker = 4243;

    /// <summary>A checkpoint directory of a user's own.</summary>
    internal async Task<string> FolderOfAsync(int uid)
    {
        var folder = NewFolder($"user{uid}");
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["chown", $"{uid}:{uid}", folder])).EndsWith(0);
        return folder;
    }

    /// <summary>Starts a job of a user, in a checkpoint directory of their own.</summary>
    internal async Task<TestJob> StartAsync(int uid, string stem, IReadOnlyList<string> runOptions, params IEnumerable<string> command)
    {
        var folder = await FolderOfAsync(uid);
        return await TestJob.StartAsync(this, stem, ["--ckpt-dir", folder, .. runOptions], CommandOptions.AsUser(uid) with { WorkingDirectory = folder }, command);
    }

    /// <summary>Runs a program in a node, as root of it.</summary>
    internal Task<CommandResult> InNodeAsync(int node, params IEnumerable<string> command) =>
        Hpccr.RunAsync(["lab", "exec", $"node{node}", "--", .. command]);
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(AttacksLab.Name)]
public sealed class AttacksTests : ICollectionFixture<AttacksLab>;
