using HpcCr.Core;

namespace HpcCr.Launcher;

/// <summary>
/// Makes a step fail or hang on purpose, for tests. Root writes lines such as <c>dump fail</c> or <c>freeze hang</c> into
/// the run folder's file <c>faults</c>; without the file nothing is ever injected. A hang ends when its line is taken back.
/// </summary>
internal static class FaultHooks
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>Called at the start of every step.</summary>
    /// <param name="faults">The file.</param>
    /// <param name="step">The step's name in lower case.</param>
    /// <param name="cancellationToken">Ends a hang.</param>
    public static async Task AtAsync(string faults, string step, CancellationToken cancellationToken)
    {
        while (await FaultOfAsync(faults, step, cancellationToken) is { } fault)
        {
            switch (fault)
            {
                case "fail":
                    throw new HpcCrException(FailureKind.Failed, $"{step} failed on {Environment.MachineName} because {faults} says so");
                case "hang":
                    await Task.Delay(LookEvery, cancellationToken);
                    break;
                default:
                    return;
            }
        }
    }

    private static async Task<string?> FaultOfAsync(string faults, string step, CancellationToken cancellationToken) =>
        !File.Exists(faults)
            ? null
            : (await File.ReadAllLinesAsync(faults, cancellationToken)).FirstOrDefault(l => l.StartsWith(step + " ", StringComparison.Ordinal))?[(step.Length + 1)..].Trim();
}
