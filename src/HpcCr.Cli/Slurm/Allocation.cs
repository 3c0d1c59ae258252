using System.Globalization;

namespace HpcCr.Cli.Slurm;

/// <summary>What Slurm has given to the batch script that this command runs in.</summary>
/// <param name="Job">The Slurm job's id, which elements of an array also have one of their own of.</param>
/// <param name="Label">What people call it: <c>12</c>, or <c>12_3</c> for an element of an array. Slurm must be asked so: the id of one of its elements is the whole array's.</param>
/// <param name="Restarts">How often it has been requeued.</param>
/// <param name="Nodes">Its nodes, that of the batch script first.</param>
/// <param name="Tasks">How many tasks Slurm counts on with each node.</param>
internal sealed record Allocation(uint Job, string Label, int Restarts, IReadOnlyList<string> Nodes, IReadOnlyList<uint> Tasks)
{
    /// <summary>Reads it from the environment of a batch script.</summary>
    /// <exception cref="HpcCrException">This is no batch script (usage).</exception>
    public static async Task<Allocation> CurrentAsync(CancellationToken cancellationToken)
    {
        if (!uint.TryParse(Variable("SLURM_JOB_ID"), NumberStyles.None, CultureInfo.InvariantCulture, out var job) || Variable("SLURM_JOB_NODELIST") is not { } list)
        {
            throw new HpcCrException(FailureKind.Usage, "this is not a job of Slurm's: SLURM_JOB_ID and SLURM_JOB_NODELIST are not set",
                "Use `hpccr slurm run` in a script for sbatch; `hpccr run` starts jobs elsewhere.");
        }

        var nodes = NodeName.ParseList(string.Join(',', (await Scontrol.AskAsync(["show", "hostnames", list], cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        var label = Variable("SLURM_ARRAY_JOB_ID") is { } array && Variable("SLURM_ARRAY_TASK_ID") is { } element ? $"{array}_{element}" : $"{job}";
        _ = int.TryParse(Variable("SLURM_RESTART_COUNT"), NumberStyles.None, CultureInfo.InvariantCulture, out var restarts);
        var tasks = Counts(Variable("SLURM_TASKS_PER_NODE") ?? "");
        return new Allocation(job, label, restarts, nodes, tasks.Count == nodes.Count ? tasks : []);
    }

    /// <summary>Reads Slurm's short form of a number for each node: <c>2(x3),1</c>. What is not so is read as nothing.</summary>
    public static IReadOnlyList<uint> Counts(string text)
    {
        List<uint> counts = [];
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var times = 1;
            var number = part;
            if (part.Split("(x") is [var before, var repeated])
            {
                number = before;
                if (!int.TryParse(repeated.TrimEnd(')'), NumberStyles.None, CultureInfo.InvariantCulture, out times)) return [];
            }

            if (!uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return [];
            counts.AddRange(Enumerable.Repeat(count, times));
        }

        return counts;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
