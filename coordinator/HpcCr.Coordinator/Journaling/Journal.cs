using System.Threading.Channels;
using Google.Protobuf;
using HpcCr.Core;
using HpcCr.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace HpcCr.Coordinator;

/// <summary>
/// Writes down what becomes of jobs, in the order in which it happens. One writer takes whatever has gathered, appends it, and makes it
/// durable once for all who wait for that: nobody else ever waits for the disk, least of all an epoch that holds its job.
/// </summary>
internal sealed class Journal : IAsyncDisposable
{
    private const long SmallestLimit = 1 << 20;
    private readonly Channel<Entry> _queue = Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleReader = true });
    private readonly System.Threading.Lock _order = new();
    private readonly Dictionary<JobId, Job> _written = [];
    private readonly Dictionary<JobId, JobSpec> _described = [];
    private readonly JournalState _state;
    private readonly IJournalStore _store;
    private readonly ILogger _log;
    private readonly Task _writing;
    private bool _mustReplace;
    private long _limit = SmallestLimit;

    /// <summary>Goes on with a journal.</summary>
    /// <param name="store">Where it lies; disposed with this.</param>
    /// <param name="state">What it says.</param>
    /// <param name="log">Told when it cannot be written.</param>
    public Journal(IJournalStore store, JournalState state, ILogger log)
    {
        _store = store;
        _state = state;
        _log = log;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Writes down what a job is now, and does not wait: if the node crashes in the next seconds, it may be lost.</summary>
    public void Note(Job job) => _ = Put(job, durable: false, isBack: false);

    /// <summary>Writes down what a job is now; completes when no crash can undo that.</summary>
    /// <exception cref="HpcCrException">It cannot be written (failed).</exception>
    public Task SaveAsync(Job job) => Put(job, durable: true, isBack: false);

    /// <summary>The same where what follows must come to pass in any case: a failure is only logged.</summary>
    public async Task TrySaveAsync(Job job)
    {
        try
        {
            await SaveAsync(job);
        }
        catch (HpcCrException e)
        {
            _log.LogError("{Job}: {Why}", job.Name, e.Message);
        }
    }

    /// <summary>What came after this job never was: it is what it was before.</summary>
    public void GoBackTo(Job job) => _ = Put(job, durable: false, isBack: true);

    /// <summary>A job that has ended is remembered no more, unless one of its name has come since.</summary>
    public void Forget(Job job)
    {
        lock (_order)
            if (_written.TryGetValue(job.Spec.Id, out var newest) && newest == job)
                Forget(job.Spec.Id);
    }

    /// <summary>There is no such job any more.</summary>
    public void Forget(JobId job)
    {
        lock (_order)
        {
            _written.Remove(job);
            _described.Remove(job);
            _queue.Writer.TryWrite(new Entry(new JournalRecord { Job = job.Name, Uid = job.Uid, Forgotten = true }, null));
        }
    }

    /// <summary>Completes when nothing is written any more; a coordinator without a journal is none.</summary>
    /// <param name="cancellationToken">Waits no longer.</param>
    public Task RunAsync(CancellationToken cancellationToken) => _writing.WaitAsync(cancellationToken);

    /// <summary>Writes what is left to write, and lets go of the store.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing;
        _store.Dispose();
    }

    // The lock makes the order of the records that in which the job changed. A job that has a successor of its user and name has nothing more to say.
    private Task Put(Job job, bool durable, bool isBack)
    {
        var done = durable ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : null;
        lock (_order)
        {
            if (!isBack && _written.TryGetValue(job.Spec.Id, out var newest) && newest.Serial > job.Serial)
                return Task.CompletedTask;
            var isDescribed = _described.TryGetValue(job.Spec.Id, out var spec) && ReferenceEquals(spec, job.Spec);
            var record = job.ToRecord(withSpec: !isDescribed);
            _written[job.Spec.Id] = job;
            // Nothing more is to come of a job that has ended, and its description is long.
            if (job.State.IsEnded())
                _described.Remove(job.Spec.Id);
            else
                _described[job.Spec.Id] = job.Spec;
            if (!_queue.Writer.TryWrite(new Entry(record, done)))
                done?.TrySetException(Failed("the coordinator is ending"));
        }

        return done?.Task ?? Task.CompletedTask;
    }

    private async Task WriteAsync()
    {
        var batch = new List<Entry>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (_queue.Reader.TryRead(out var entry))
                batch.Add(entry);
            try
            {
                Write(batch);
                batch.ForEach(entry => entry.Done?.TrySetResult());
            }
            catch (Exception e)
            {
                // Whatever it is, nobody may wait for ever; and what the file holds now is not known.
                _mustReplace = true;
                _log.LogError("the journal was not written: {Why}", e.Message);
                batch.ForEach(entry => entry.Done?.TrySetException(Failed(e.Message)));
            }

            batch.Clear();
        }
    }

    private void Write(List<Entry> batch)
    {
        batch.ForEach(entry => _state.Apply(entry.Record));
        if (!_mustReplace && _store.Length < _limit)
        {
            _store.Append([.. batch.Select(entry => entry.Record.ToByteArray())], batch.Exists(entry => entry.Done is not null));
            return;
        }

        _store.Replace(_state.Jobs.Select(job => job.ToByteArray()));
        _mustReplace = false;
        _limit = Math.Max(SmallestLimit, 2 * _store.Length);
    }

    private static HpcCrException Failed(string why) =>
        new(FailureKind.Failed, $"the coordinator's journal cannot be written: {why}", "Make room where it lies (--state-dir), and try again.");

    private sealed record Entry(JournalRecord Record, TaskCompletionSource? Done);
}
