using System.Collections;
using System.Globalization;
using HpcCr.Cli.Connection;
using HpcCr.Linux;

namespace HpcCr.Cli.Jobs;

/// <summary>What a job takes over from whoever starts it.</summary>
internal static class CallerFacts
{
    /// <summary>The variable that names the checkpoint directory.</summary>
    public const string CheckpointVariable = "HPCCR_CKPT_DIR";

    /// <summary>Fills a job in with the caller's environment, working directory, umask and limits. The coordinator knows the user itself.</summary>
    /// <param name="name">The job's name, or empty.</param>
    /// <param name="command">The command.</param>
    /// <param name="nodes">The nodes, or none.</param>
    /// <param name="checkpointDirectory">The value of <c>--ckpt-dir</c>.</param>
    /// <param name="privateTmp">Whether the job gets a /tmp of its own.</param>
    public static JobSpec Spec(string name, IReadOnlyList<string> command, IReadOnlyList<string> nodes, string? checkpointDirectory, bool privateTmp) => new()
    {
        Name = name,
        Command = command,
        Environment = Variables(),
        WorkingDirectory = Environment.CurrentDirectory,
        Umask = FileModeMask(),
        Uid = 0,
        Gid = 0,
        Limits = ResourceLimits.OfSelf(),
        Nodes = nodes,
        CheckpointDirectory = CheckpointDirectory(checkpointDirectory),
        PrivateTmp = privateTmp,
    };

    /// <summary>The checkpoint directory: the option, else $HPCCR_CKPT_DIR, else $HOME/hpccr.</summary>
    public static string CheckpointDirectory(string? option)
    {
        var named = option ?? Environment.GetEnvironmentVariable(CheckpointVariable);
        if (!string.IsNullOrEmpty(named)) return Path.GetFullPath(named);
        return Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home
            ? Path.Combine(Path.GetFullPath(home), "hpccr")
            : throw new HpcCrException(FailureKind.Usage, "there is no place for epochs: HOME is not set", $"Name one with --ckpt-dir or {CheckpointVariable}.");
    }

    /// <summary>The environment. A job must not find the coordinator that its starter was pointed at: it has its own on its node.</summary>
    public static Dictionary<string, string> Variables() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .Where(entry => (string)entry.Key != CoordinatorAddress.Variable)
        .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");

    private static int FileModeMask()
    {
        // Reading it by umask(2) would change it for a moment.
        var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("Umask:", StringComparison.Ordinal));
        return line["Umask:".Length..].Trim().Aggregate(0, (mask, digit) => (mask << 3) + CharUnicodeInfo.GetDecimalDigitValue(digit));
    }
}
