using HpcCr.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace HpcCr.Coordinator;

/// <summary>Takes processes that run already under control as a job: every tree is looked at before the first is touched.</summary>
internal sealed class JobAttacher(NodeRegistry nodes, Journal journal, JobStarter starter, JobEnder ender, ILogger<JobAttacher> log)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Attaches and returns once all trees are under control.</summary>
    /// <param name="request">Which trees.</param>
    /// <param name="uid">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HpcCrException">It cannot be done; the processes run on as before.</exception>
    public async Task<Job> AttachAsync(AttachRequest request, uint uid, CancellationToken cancellationToken)
    {
        JobName.RequireFree(request.Name, 0);
        var trees = await PlaceAsync(request, cancellationToken);
        var names = trees.Keys.ToList();
        var places = names.Select(node => new Place(node, node)).ToList();
        var seen = await NodeGroup.AskAllAsync(nodes, null, places,
            node => new Command { InspectTree = new InspectTree { Pid = trees[node], CallerUid = uid } }, "look", Deadline, cancellationToken);
        var description = Describe(request, names, names.ToDictionary(node => node, node => seen[node].TreeInspected.Spec.ToCore()));
        description.ToWire().RequireBounded();
        var job = await starter.BeginAsync(description, cancellationToken);
        try
        {
            await journal.SaveAsync(job);
            await starter.ProveSharedAsync(job, cancellationToken);
            var failures = await NodeGroup.TellAllAsync(nodes, job.Spec.Id, places, node => new Command
            {
                AttachSandbox = new AttachSandbox { Spec = job.Spec.ToWire(), Pid = trees[node], StartTime = seen[node].TreeInspected.StartTime, CallerUid = uid },
            }, "attach", Deadline);
            if (failures.Count > 0)
                throw failures[0];
            if (!job.MoveTo(JobState.Running))
                await ender.ClearAsync(job, release: true);
            await journal.TrySaveAsync(job);
            log.LogInformation("{Job}: attached on {Nodes}", job.Name, string.Join(", ", names));
            return job;
        }
        catch (Exception e)
        {
            if (job.State.IsEnded())
                await ender.ClearAsync(job, release: true);
            await ender.EndAsync(job, JobState.Failed, reason: $"it could not be attached: {e.Message}", release: true);
            await starter.ReleaseAsync(job.Spec, null);
            throw;
        }
    }

    private async Task<Dictionary<string, int>> PlaceAsync(AttachRequest request, CancellationToken cancellationToken)
    {
        if (request.Trees.Count == 0)
            throw new HpcCrException(FailureKind.Usage, "no process is named", "Name one with --pid.");
        var trees = new Dictionary<string, int>();
        foreach (var tree in request.Trees)
        {
            var node = tree.Node.Length > 0 ? NodeName.Check(tree.Node) : await OnlyNodeAsync(tree.Pid, cancellationToken);
            if (!trees.TryAdd(node, tree.Pid))
                throw new HpcCrException(FailureKind.Usage, $"two processes are named on {node}", "Name one that is above both; a job has one tree a node.");
        }

        return trees;
    }

    private async Task<string> OnlyNodeAsync(int pid, CancellationToken cancellationToken)
    {
        var first = await starter.FirstNodeAsync(cancellationToken);
        return nodes.Connected.Count() == 1
            ? first
            : throw new HpcCrException(FailureKind.Usage, $"on which node process {pid} runs is not said", $"Name it: --pid {first}:{pid}.");
    }

    private static JobSpec Describe(AttachRequest request, List<string> names, Dictionary<string, JobSpec> found)
    {
        var head = found[names[0]];
        if (found.Values.Any(spec => spec.Uid != head.Uid))
            throw new HpcCrException(FailureKind.Unsupported, "the trees belong to different users", "Attach them as jobs of their own.");
        return head with
        {
            Name = request.Name.Length > 0 ? JobName.Check(request.Name) : JobName.Generate(head.Command[0]),
            Nodes = names,
            CheckpointDirectory = request.CheckpointDirectory.StartsWith('/')
                ? request.CheckpointDirectory
                : throw new HpcCrException(FailureKind.Usage, $"the checkpoint directory '{JobName.Printable(request.CheckpointDirectory)}' is not an absolute path", "Give a path that begins with '/'."),
            Attached = true,
            KeyHasUser = true,
        };
    }
}
