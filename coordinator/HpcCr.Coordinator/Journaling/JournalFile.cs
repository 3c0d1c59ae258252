using HpcCr.Core;
using HpcCr.Hosting;
using Microsoft.Extensions.Logging;

namespace HpcCr.Coordinator;

/// <summary>A journal in a folder of its own, which one coordinator holds at a time.</summary>
internal sealed class JournalFile : IJournalStore
{
    /// <summary>The journal, in its folder.</summary>
    public const string FileName = "journal";

    private const string LockName = "lock";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private readonly string _path;
    private readonly FileStream _lock;
    private FileStream _file;

    private JournalFile(string path, FileStream held, FileStream file) => (_path, _lock, _file) = (path, held, file);

    /// <inheritdoc/>
    public long Length => _file.Length;

    /// <summary>Opens the journal, or makes an empty one, and reads what it holds. A torn end is cut off.</summary>
    /// <param name="folder">Its folder; made if missing.</param>
    /// <param name="record">Called with each payload, in order.</param>
    /// <param name="log">Told what was cut off.</param>
    /// <param name="cancellationToken">Ends the wait for another coordinator.</param>
    /// <exception cref="HpcCrException">Another coordinator holds it (failed), it is damaged (damaged), or cannot be used (failed).</exception>
    public static async Task<JournalFile> OpenAsync(string folder, Action<byte[]> record, ILogger log, CancellationToken cancellationToken)
    {
        try
        {
            PrivateFolder.Make(folder);
            var held = await LockAsync(folder, cancellationToken);
            var path = Path.Combine(folder, FileName);
            try
            {
                var file = OpenFile(path, FileMode.OpenOrCreate);
                Check(path, file, JournalFormat.Read(file, record), log);
                return new JournalFile(path, held, file);
            }
            catch
            {
                await held.DisposeAsync();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HpcCrException(FailureKind.Failed, $"the coordinator's journal in {folder} cannot be used: {e.Message}",
                "Start the coordinator as root, or name another folder with --state-dir.", e);
        }
    }

    /// <inheritdoc/>
    public void Append(IReadOnlyList<byte[]> records, bool durable)
    {
        using var bytes = new MemoryStream();
        foreach (var record in records)
            JournalFormat.Write(bytes, record);
        _file.Write(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        if (durable)
            _file.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public void Replace(IEnumerable<byte[]> records)
    {
        var temporary = _path + ".new";
        var fresh = OpenFile(temporary, FileMode.Create);
        try
        {
            using var bytes = new BufferedStream(fresh);
            bytes.Write(JournalFormat.Header);
            foreach (var record in records)
                JournalFormat.Write(bytes, record);
            bytes.Flush();
            fresh.Flush(flushToDisk: true);
            File.Move(temporary, _path, overwrite: true);
            // File systems with a journal of their own make a file's name durable with the file.
            fresh.Flush(flushToDisk: true);
            fresh = Interlocked.Exchange(ref _file, OpenFile(_path, FileMode.Open));
            _file.Position = _file.Length;
        }
        finally
        {
            fresh.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _lock.Dispose();
    }

    private static void Check(string path, FileStream file, JournalScan scan, ILogger log)
    {
        switch (scan.End)
        {
            case JournalEnd.NoJournal:
                throw Damaged(path, "does not begin like one that this version of HpcCr has written");
            case JournalEnd.Damaged:
                throw Damaged(path, $"is damaged: at byte {scan.Good} of {scan.Length} is no record, and there are records behind it");
            case JournalEnd.Torn:
                log.LogWarning("the last {Bytes} bytes of {Path} were not written to their end; they are cut off", scan.Length - scan.Good, path);
                break;
        }

        if (scan.Good == 0)
        {
            file.SetLength(0);
            file.Position = 0;
            file.Write(JournalFormat.Header);
        }
        else
        {
            file.SetLength(scan.Good);
            file.Position = scan.Good;
        }

        file.Flush(flushToDisk: true);
    }

    private static HpcCrException Damaged(string path, string how) => new(FailureKind.Damaged, $"the coordinator's journal {path} {how}; it was left as it is",
        $"Jobs go on without a coordinator. Move the file away and start the coordinator again: it learns from the launchers which jobs live; how others ended is in their folders.");

    // A coordinator that was killed a moment ago may still be on its way out.
    private static async Task<FileStream> LockAsync(string folder, CancellationToken cancellationToken)
    {
        var file = OpenFile(Path.Combine(folder, LockName), FileMode.OpenOrCreate);
        var patience = Environment.TickCount64 + (long)LockPatience.TotalMilliseconds;
        while (true)
        {
            try
            {
                file.Lock(0, 1);
                return file;
            }
            catch (IOException e)
            {
                if (Environment.TickCount64 > patience)
                {
                    await file.DisposeAsync();
                    throw new HpcCrException(FailureKind.Failed, $"another coordinator uses the journal in {folder}",
                        "End it first, or give this one a folder of its own with --state-dir.", e);
                }
            }

            await Task.Delay(LookEvery, cancellationToken);
        }
    }

    private static FileStream OpenFile(string path, FileMode mode) =>
        new(path, new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite, BufferSize = 0, UnixCreateMode = mode == FileMode.Open ? null : Private });
}
