using Google.Protobuf;
using HpcCr.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator;

/// <summary>What a journal says: the last record of each job.</summary>
internal sealed class JournalState
{
    private readonly Dictionary<string, JournalRecord> _jobs = [];
    private readonly LinkedList<string> _ended = [];
    private readonly Dictionary<string, long> _bytes = [];

    /// <summary>The jobs; those that have ended in the order in which they did, before those that live.</summary>
    public IEnumerable<JournalRecord> Jobs => _ended.Select(name => _jobs[name]).Concat(_jobs.Values.Where(job => !HasEnded(job)));

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
        var before = _jobs.GetValueOrDefault(record.Job);
        _jobs.Remove(record.Job);
        _ended.Remove(record.Job);
        _bytes.Remove(record.Job);
        if (record.Forgotten || (record.Spec ?? before?.Spec) is not { } spec)
            return;
        var after = record.Clone();
        after.Spec = HasEnded(record) ? Shortened(spec) : spec;
        if (after.Restart?.Before is { } earlier)
            earlier.Spec = Shortened(earlier.Spec);
        _jobs[record.Job] = after;
        if (!HasEnded(after))
            return;
        _ended.AddLast(record.Job);
        _bytes[record.Job] = after.CalculateSize();
        foreach (var old in EndedJobs.Excess(_ended.Reverse(), name => _jobs[name].Spec.Uid, name => _bytes[name]))
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
