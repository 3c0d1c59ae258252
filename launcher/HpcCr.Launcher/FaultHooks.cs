using HpcCr.Core;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>
/// Makes a step or the disk fail on purpose, for tests. Root writes lines such as <c>dump fail</c>, <c>freeze hang</c> or <c>fsync fail</c> into
/// the run folder's file <c>faults</c>; without the file nothing is ever injected. A hang ends when its line is taken back.
/// </summary>
internal static class FaultHooks
{
    /// <summary>A step that hangs says so in this file, beside the other.</summary>
    private const string HeldSuffix = ".held";

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan SlowDisk = TimeSpan.FromMilliseconds(30);

    /// <summary>Called at the start of every step, and where a step has a point of its own to be held at.</summary>
    /// <param name="faults">The file.</param>
    /// <param name="step">The step's name in lower case.</param>
    /// <param name="cancellationToken">Ends a hang.</param>
    public static async Task AtAsync(string faults, string step, CancellationToken cancellationToken)
    {
        switch (FaultOf(faults, step))
        {
            case "fail":
                throw new HpcCrException(FailureKind.Failed, $"{step} failed on {Environment.MachineName} because {faults} says so");
            case "hang":
                await HangAsync(faults, step, cancellationToken);
                break;
        }
    }

    /// <summary>Called before everything that a disk may refuse, or take its time for.</summary>
    /// <exception cref="IOException">The file says <c>fail</c>.</exception>
    public static void At(string faults, StoreOperation operation)
    {
        var name = operation.ToString().ToLowerInvariant();
        switch (FaultOf(faults, name))
        {
            case "fail":
                throw new IOException($"{name}: input/output error on {Environment.MachineName}, because {faults} says so");
            case "slow":
                Thread.Sleep(SlowDisk);
                break;
        }
    }

    private static async Task HangAsync(string faults, string step, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(faults + HeldSuffix, step, cancellationToken);
        try
        {
            while (FaultOf(faults, step) == "hang")
                await Task.Delay(LookEvery, cancellationToken);
        }
        finally
        {
            File.Delete(faults + HeldSuffix);
        }
    }

    private static string? FaultOf(string faults, string step) =>
        !File.Exists(faults)
            ? null
            : File.ReadAllLines(faults).FirstOrDefault(l => l.StartsWith(step + " ", StringComparison.Ordinal))?[(step.Length + 1)..].Trim();
}
