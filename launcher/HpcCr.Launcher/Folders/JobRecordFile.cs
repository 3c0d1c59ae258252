using System.Text.Json;
using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>
/// job.json of one job's folder: whose the folder is. Launchers of any coordinator change it one at a time, as the job's user, under a lock
/// that every file system knows: a file that only one can make.
/// </summary>
/// <param name="store">The folder as the job's user sees it.</param>
/// <param name="folder">The folder.</param>
internal sealed class JobRecordFile(StoreAccess store, string folder)
{
    private const int MostBytes = 1 << 20;
    private const string LockName = ".job.lock";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // Whoever holds the lock does so for some milliseconds; by now that launcher is dead.
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);
    private readonly string _path = Path.Combine(folder, JobFolder.Record);
    private readonly string _lock = Path.Combine(folder, LockName);

    /// <summary>Does something that nobody else does at the same time with this folder.</summary>
    /// <param name="work">What is done, as the job's user.</param>
    /// <param name="deadline">How long that may take: the file system may never answer; 20 s by default.</param>
    /// <exception cref="HpcCrException">Somebody else does not come to an end, or the file system does not answer.</exception>
    public async Task<T> HoldAsync<T>(Func<T> work, TimeSpan? deadline = null)
    {
        var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!Within(AnswerDeadline, TryLock))
        {
            if (Environment.TickCount64 > until)
                throw new HpcCrException(FailureKind.Failed, $"another launcher holds {_lock}",
                    "Try again; if nobody uses the folder, remove that file.");
            await Task.Delay(LookEvery);
        }

        try
        {
            return Within(deadline ?? AnswerDeadline, work);
        }
        finally
        {
            Within(AnswerDeadline, Unlock);
        }
    }

    /// <summary>What it says; null when there is none, or none that can be read. As the job's user.</summary>
    public JobRecord? Read()
    {
        try
        {
            using var file = new FileStream(FileBeneath.OpenRead(folder, JobFolder.Record), FileAccess.Read, bufferSize: 0);
            return file is { CanSeek: true, Length: < MostBytes } ? JsonSerializer.Deserialize(file, CoreJson.Default.JobRecord) : null;
        }
        catch (Exception e) when (e is IOException or JsonException or LinuxException)
        {
            return null;
        }
    }

    /// <summary>Writes it. As the job's user.</summary>
    public void Write(JobRecord record) =>
        AtomicFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(record, CoreJson.Default.JobRecord), Private);

    /// <summary>Takes it away. As the job's user.</summary>
    public void Delete() => File.Delete(_path);

    private T Within<T>(TimeSpan deadline, Func<T> work) => store.RunWithin(deadline, JobName.Printable(folder), work);

    private bool TryLock()
    {
        try
        {
            new FileStream(_lock, FileMode.CreateNew, FileAccess.Write).Dispose();
            return true;
        }
        catch (IOException) when (File.Exists(_lock))
        {
            RemoveOld();
            return false;
        }
    }

    private bool Unlock()
    {
        // The folder may be what was removed.
        if (Directory.Exists(folder))
            File.Delete(_lock);
        return true;
    }

    // By the clock of the file system itself, which may be a server's.
    private void RemoveOld()
    {
        var mine = $"{_lock}.{Guid.NewGuid():N}";
        File.WriteAllText(mine, "");
        try
        {
            if (File.GetLastWriteTimeUtc(mine) - File.GetLastWriteTimeUtc(_lock) > LongestHold)
                File.Move(_lock, mine, overwrite: true);
        }
        catch (FileNotFoundException)
        {
            // It is free.
        }
        finally
        {
            File.Delete(mine);
        }
    }
}
