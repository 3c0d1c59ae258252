using Google.Protobuf;
using HpcCr.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator;

/// <summary>What a journal says: the last record of each job.</summary>
internal sealed class JournalState
{
    private readonly Dictionary<JobId, JournalRecord> _jobs = [];
    private readonly LinkedList<JobId> _ended = [];
    private readonly Dictionary<JobId, long> _bytes = [];

    // What versions wrote for which names were unique. The same name then means the same job until a description says otherwise.
    private readonly Dictionary<string, JobId> _byName = [];

    /// <summary>The jobs; those that have ended in the order in which they did, before those that live.</summary>
    public IEnumerable<JournalRecord> Jobs => _ended.Select(id => _jobs[id]).Concat(_jobs.Values.Where(job => !HasEnded(job)));

    /// <summary>Takes a record as it was read.</summary>
    /// <exception cref="HpcCrException">It is none that this version knows (damaged).</exception>
    public void Apply(byte[] payload)
    {
        JournalRecord record;
        try
        {
            record = JournalRecord.Parser.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new HpcCrException(FailureKind.Damaged, "the coordinator's journal holds a record that this version of HpcCr cannot read",
                "Start the version that wrote it, or move the file away: living jobs are learned from the launchers.", e);
        }

        Apply(record);
    }

    /// <summary>Takes a record.</summary>
    public void Apply(JournalRecord record)
    {
        var earlier = record.HasUid ? new JobId(record.Uid, record.Job) : _byName.GetValueOrDefault(record.Job);
        _jobs.Remove(earlier, out var before);
        _ended.Remove(earlier);
        _bytes.Remove(earlier);
        if (record.Forgotten || (record.Spec ?? before?.Spec) is not { } spec)
            return;
        var id = new JobId(record.HasUid ? record.Uid : spec.Uid, record.Job);
        if (!record.HasUid)
            _byName[record.Job] = id;
        var after = record.Clone();
        after.Uid = id.Uid;
        after.Spec = HasEnded(record) ? Shortened(spec) : spec;
        if (after.Restart?.Before is { } replaced)
            replaced.Spec = Shortened(replaced.Spec);
        _jobs[id] = after;
        if (!HasEnded(after))
            return;
        _ended.AddLast(id);
        _bytes[id] = after.CalculateSize();
        foreach (var old in EndedJobs.Excess(_ended.Reverse(), ended => ended.Uid, ended => _bytes[ended]))
        {
            _jobs.Remove(old);
            _ended.Remove(old);
            _bytes.Remove(old);
        }
    }

    private static bool HasEnded(JournalRecord record) => record.Restart is null && record.State.ToCore().IsEnded();

    // What a job that is over was started with is in its epochs.
    private static Protocol.V1.JobSpec Shortened(Protocol.V1.JobSpec spec)
    {
        var shorter = spec.Clone();
        shorter.Environment.Clear();
        shorter.Limits.Clear();
        shorter.Capture.Clear();
        shorter.Outside.Clear();
        shorter.Plugins.Clear();
        var command = CommandText.Shortened(shorter.Command).ToList();
        shorter.Command.Clear();
        shorter.Command.Add(command);
        return shorter;
    }
}
